import { truncateSync, writeFileSync } from 'node:fs';
import { deflateSync, crc32 } from 'node:zlib';
import sharp from 'sharp';
import { decode } from '../../../server/src/imaging/decode';
import { inspectSource } from '../../../server/src/imaging/source';
import { at, quadrants, rgbaOf, sharpOf, temporaryFolder } from './pictures';

const file = temporaryFolder();
const LIMITS = { maxPixels: 1e6 };
const picture = () => sharpOf(quadrants(64, 48));

function write(name: string, content: Buffer | string): string {
  writeFileSync(file(name), content);
  return file(name);
}

const inspect = (path: string) => inspectSource(path, LIMITS);

/** A PNG of the chunks given, their checksums right. */
function png(...chunks: [name: string, data: Buffer][]): Buffer {
  const parts = chunks.map(([name, data]) => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc32(body), body.length + 4);
    return out;
  });
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...parts]);
}

function pngHeader(width: number, height: number): Buffer {
  const data = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0]);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  return data;
}

test('the header tells format, upright sides, alpha and orientation without decoding', async () => {
  const path = file('turned.jpg');
  await picture().removeAlpha().withMetadata({ orientation: 6 }).jpeg().toFile(path);
  expect(await inspect(path)).toMatchObject({ format: 'jpeg', width: 48, height: 64, hasAlpha: false, orientation: 6 });
});

test.each([
  ['jpeg', 'a.jpg'],
  ['jpeg', 'a.JFIF'],
  ['png', 'a.png'],
  ['webp', 'a.webp'],
  ['tiff', 'a.tif'],
  ['gif', 'a.gif'],
  ['avif', 'a.avif'],
  ['png', 'no-extension'],
  ['png', 'temporary.tmp'],
] as const)('a %s picture named %s is read', async (format, name) => {
  const path = write(name, await picture().toFormat(format).toBuffer());
  expect(await inspect(path)).toMatchObject({ format, width: 64, height: 48 });
  const read = rgbaOf(await decode(await inspect(path)));
  for (const [x, y] of [
    [16, 12],
    [48, 12],
    [16, 36],
    [48, 36],
  ] as const) {
    const [pixel, known] = [at(read, x, y), at(quadrants(64, 48), x, y)];
    for (const channel of [0, 1, 2, 3] as const) expect(Math.abs(pixel[channel] - known[channel])).toBeLessThan(12);
  }
});

describe('a file that is no readable picture is refused before decoding', () => {
  const half = async (format: 'jpeg' | 'png' | 'webp') => {
    const whole = await sharp({
      create: {
        width: 600,
        height: 600,
        channels: 3,
        background: 'red',
        noise: { type: 'gaussian', mean: 120, sigma: 40 },
      },
    })
      .toFormat(format)
      .toBuffer();
    return whole.subarray(0, whole.length / 2);
  };

  test('missing', async () => {
    await expect(inspect(file('nowhere.jpg'))).rejects.toMatchObject({ code: 'source.missing' });
  });

  test('a folder', async () => {
    await expect(inspect(file('.'))).rejects.toMatchObject({ code: 'source.unreadable' });
  });

  test('empty', async () => {
    await expect(inspect(write('empty.jpg', ''))).rejects.toMatchObject({
      code: 'source.empty',
      message: 'Uploaded file is empty (0 bytes).',
    });
  });

  test.each([
    ['a text', 'note.txt', 'BMW and other cars', 'source.not-an-image'],
    ['a text that calls itself a picture', 'note.jpg', 'hello', 'source.not-an-image'],
    ['a program that calls itself a picture', 'run.png', 'MZ\x90\x00', 'source.not-an-image'],
    ['SVG', 'a.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'source.svg'],
    ['SVG with a prologue', 'b.svg', '\uFEFF<?xml version="1.0"?>\n<!-- x -->\n<svg></svg>', 'source.svg'],
    ['SVG that calls itself a PNG', 'c.png', '<svg></svg>', 'source.svg'],
    ['HEIC that calls itself a JPEG', 'a.jpg', '\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'source.unsupported'],
    ['HTML with a drawing in it', 'd.html', '<html><svg></svg></html>', 'source.not-an-image'],
    ['HEIC', 'a.heic', '\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'source.unsupported'],
    ['JPEG XL', 'a.jxl', '\xff\x0a\0\0', 'source.unsupported'],
    ['Photoshop', 'a.psd', '8BPS\0\x01', 'source.unsupported'],
    ['PDF', 'a.pdf', '%PDF-1.7', 'source.unsupported'],
  ])('%s', async (_, name, content, code) => {
    await expect(
      inspect(write(name, Buffer.from(content, name.endsWith('.svg') ? 'utf8' : 'latin1'))),
    ).rejects.toMatchObject({ code });
  });

  test('what cannot be read is named by what it is', async () => {
    const path = write('photo.jpg', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'));
    await expect(inspect(path)).rejects.toThrow(/^HEIC pictures cannot be read here; upload a JPEG, PNG,/);
  });

  test.each(['gif', 'webp'] as const)('an animated %s', async (format) => {
    const frames = await sharp(
      [await picture().png().toBuffer(), await picture().negate({ alpha: false }).png().toBuffer()],
      { join: { animated: true } },
    )
      .toFormat(format)
      .toBuffer();
    await expect(inspect(write(`moving.${format}`, frames))).rejects.toMatchObject({
      code: 'source.animated',
      skip: true,
    });
  });

  test('an animated PNG', async () => {
    const idat = deflateSync(Buffer.alloc((4 * 3 + 1) * 4));
    const frames = Buffer.from([0, 0, 0, 2, 0, 0, 0, 0]);
    const path = write(
      'moving.png',
      png(['IHDR', pngHeader(4, 4)], ['acTL', frames], ['IDAT', idat], ['IEND', Buffer.alloc(0)]),
    );
    await expect(inspect(path)).rejects.toMatchObject({ code: 'source.animated' });
  });

  test('a bomb: a small file that would unfold to gigabytes', async () => {
    const path = write(
      'bomb.png',
      png(['IHDR', pngHeader(60_000, 60_000)], ['IDAT', deflateSync(Buffer.alloc(1000))], ['IEND', Buffer.alloc(0)]),
    );
    await expect(inspectSource(path, { maxPixels: 100e6 })).rejects.toMatchObject({
      code: 'source.too-many-pixels',
      message: 'The picture has 60000 × 60000 pixels (3600.0 megapixels); at most 100.0 megapixels are allowed.',
    });
  });

  test('the pixel limit counts upright sides and includes its own value', async () => {
    const path = write('limit.png', await picture().png().toBuffer());
    await expect(inspectSource(path, { maxPixels: 64 * 48 })).resolves.toMatchObject({ width: 64 });
    await expect(inspectSource(path, { maxPixels: 64 * 48 - 1 })).rejects.toMatchObject({
      code: 'source.too-many-pixels',
    });
  });

  test.each(['jpeg', 'png', 'webp'] as const)('%s cut in the middle is damaged, said on one line', async (format) => {
    const path = write(`half.${format}`, await half(format));
    const outcome = inspect(path).then(decode);
    await expect(outcome).rejects.toMatchObject({ code: 'source.truncated', retryable: false });
    await expect(outcome).rejects.toThrow(
      new RegExp(
        `^The picture half.${format} is damaged or cut short; save it anew from an image editor and upload it again.$`,
      ),
    );
  });

  test('a picture that loses its end after the header was checked', async () => {
    const path = write('shrinks.png', await picture().png().toBuffer());
    const facts = await inspect(path);
    truncateSync(path, 60);
    await expect(decode(facts)).rejects.toMatchObject({ code: 'source.truncated' });
  });

  test('a BMP whose header lies about its size', async () => {
    const header = Buffer.alloc(54);
    header.write('BM');
    header.writeUInt32LE(54, 10);
    header.writeUInt32LE(40, 14);
    header.writeInt32LE(500, 18);
    header.writeInt32LE(500, 22);
    header.writeUInt16LE(24, 28);
    await expect(inspect(write('lie.bmp', header)).then(decode)).rejects.toMatchObject({ code: 'source.truncated' });
    header.writeInt32LE(0, 18);
    await expect(inspect(write('zero.bmp', header))).rejects.toMatchObject({ code: 'source.truncated' });
  });
});

test.each([
  ['logo.png', 'jpeg'],
  ['photo.jpg', 'png'],
  ['drawing.svg', 'webp'],
  ['report.pdf', 'avif'],
  ['a.heic', 'jpeg'],
] as const)('%s that is a picture of another kind is read as what it is', async (name, format) => {
  const path = write(name, await picture().toFormat(format).toBuffer());
  expect(await inspect(path)).toMatchObject({ format, width: 64, height: 48 });
});

test('stray bytes that every viewer forgives are forgiven', async () => {
  const whole = await picture().removeAlpha().jpeg().toBuffer();
  const path = write('stray.jpg', Buffer.concat([whole.subarray(0, -2), Buffer.from([0x55]), whole.subarray(-2)]));
  await expect(inspect(path).then(decode)).resolves.toMatchObject({ width: 64, height: 48 });
});
