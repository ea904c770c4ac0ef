import { writeFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { decode } from '../../../server/src/imaging/decode';
import { readJpegScans } from '../../../server/src/imaging/jpeg-scans';
import { writeReadable } from '../../../server/src/imaging/readable';
import { inspectSource } from '../../../server/src/imaging/source';
import { temporaryFolder } from './pictures';

/** Pictures that were broken off and then given an end, so that their last bytes say that all is there. */

const file = temporaryFolder();
const [WIDTH, HEIGHT] = [300, 200];
const noisy = () =>
  sharp({
    create: {
      ...{ width: WIDTH, height: HEIGHT, channels: 3, background: 'red' },
      noise: { type: 'gaussian', mean: 120, sigma: 40 },
    },
  });

function write(name: string, content: Buffer): string {
  writeFileSync(file(name), content);
  return file(name);
}
const inspect = (path: string) => inspectSource(path, { maxPixels: 1e8 });
const damaged = {
  code: 'source.truncated',
  message: expect.stringMatching(/^The picture \S+ is damaged or cut short;/),
};

const END_OF_JPEG = Buffer.from([0xff, 0xd9]);
const SCAN = Buffer.from([0xff, 0xda]);
const upTo = (bytes: Buffer, share: number) => bytes.subarray(0, Math.floor(bytes.length * share));

describe.each([0.3, 0.6, 0.95])('after %d of its bytes', (share) => {
  test.each(['baseline', 'progressive'] as const)('a %s JPEG', async (kind) => {
    const whole = await noisy()
      .jpeg({ progressive: kind === 'progressive' })
      .toBuffer();
    const path = write('a.jpg', Buffer.concat([upTo(whole, share), END_OF_JPEG]));
    await expect(inspect(path).then(decode)).rejects.toMatchObject(damaged);
  });

  test('a GIF', async () => {
    const whole = await noisy().gif().toBuffer();
    expect(await inspect(write('whole.gif', whole)).then(decode)).toMatchObject({ width: WIDTH });
    const path = write('a.gif', Buffer.concat([wholeBlocks(whole, share), Buffer.from([0, 0x3b])]));
    await expect(inspect(path).then(decode)).rejects.toMatchObject(damaged);
  });

  test('a PNG', async () => {
    const raw = Buffer.alloc((WIDTH * 3 + 1) * HEIGHT, 7);
    for (let y = 0; y < HEIGHT; y++) raw[y * (WIDTH * 3 + 1)] = 0;
    const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0]);
    header.writeUInt32BE(WIDTH, 0);
    header.writeUInt32BE(HEIGHT, 4);
    const png = (pixels: Buffer) => Buffer.concat([PNG, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND')]);
    expect(await inspect(write('whole.png', png(deflateSync(raw)))).then(decode)).toMatchObject({ width: WIDTH });
    // Cut within the packed data, and packed anew with rows missing.
    for (const pixels of [upTo(deflateSync(raw, { level: 0 }), share), deflateSync(upTo(raw, share))]) {
      await expect(inspect(write('a.png', png(pixels))).then(decode)).rejects.toMatchObject(damaged);
    }
  });

  test.each([true, false])('a WebP, without loss: %s', async (lossless) => {
    const cut = Buffer.from(upTo(await noisy().webp({ lossless }).toBuffer(), share));
    const even = cut.subarray(0, cut.length & ~1);
    even.writeUInt32LE(even.length - 8, 4);
    even.writeUInt32LE(even.length - 20, 16);
    await expect(inspect(write('a.webp', even)).then(decode)).rejects.toMatchObject(damaged);
  });

  test('an AVIF whose rest is zeros', async () => {
    const whole = await noisy().avif().toBuffer();
    const path = write('a.avif', Buffer.from(whole).fill(0, Math.floor(whole.length * share)));
    await expect(inspect(path).then(decode)).rejects.toMatchObject(damaged);
  });

  test('a TIFF with its directory first', async () => {
    const strips = await tiffStrips();
    expect(await inspect(write('whole.tif', tiff(strips))).then(decode)).toMatchObject({ width: WIDTH });
    await expect(inspect(write('a.tif', upTo(tiff(strips), share))).then(decode)).rejects.toMatchObject(damaged);
  });

  test('a strip of a TIFF packed as JPEG', async () => {
    const strips = await tiffStrips();
    const cut = strips.map((strip, i) => (i === 2 ? Buffer.concat([upTo(strip, share), END_OF_JPEG]) : strip));
    await expect(inspect(write('b.tif', tiff(cut))).then(decode)).rejects.toMatchObject(damaged);
  });
});

test.each([1, 3, 6, 9])('a progressive JPEG with its first %i scans alone', async (count) => {
  const whole = await noisy().jpeg({ progressive: true }).toBuffer();
  const path = write('p.jpg', Buffer.concat([whole.subarray(0, endOfScan(whole, count)), END_OF_JPEG]));
  expect(await readJpegScans(path)).toEqual({ scans: count, progressive: true, complete: false });
  await expect(inspect(path)).rejects.toMatchObject(damaged);
});

test('whole JPEGs of all kinds are whole, and their scans are counted', async () => {
  const scansOf = async (bytes: Buffer) => readJpegScans(write('whole.jpg', bytes));
  expect(await scansOf(await noisy().jpeg().toBuffer())).toEqual({ scans: 1, progressive: false, complete: true });
  expect(await scansOf(await noisy().greyscale().jpeg({ progressive: true }).toBuffer())).toMatchObject({
    progressive: true,
    complete: true,
  });
  const cmyk = await noisy().toColourspace('cmyk').jpeg({ progressive: true }).toBuffer();
  expect(await scansOf(cmyk)).toMatchObject({ complete: true });
  const optimised = await noisy().jpeg({ mozjpeg: true, trellisQuantisation: true }).toBuffer();
  expect(await scansOf(optimised)).toMatchObject({ complete: true });
});

test('a thumbnail within a JPEG and bytes behind it are none of its scans', async () => {
  const small = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
    .jpeg()
    .toBuffer();
  const whole = await noisy().jpeg().toBuffer();
  const length = Buffer.from([0xff, 0xe1, (small.length + 2) >> 8, (small.length + 2) & 255]);
  const path = write('t.jpg', Buffer.concat([whole.subarray(0, 2), length, small, whole.subarray(2), small]));
  expect(await readJpegScans(path)).toEqual({ scans: 1, progressive: false, complete: true });
  await expect(inspect(path).then(decode)).resolves.toMatchObject({ width: WIDTH });
});

test('a broken-off picture is not sent to a service as a whole one either', async () => {
  const whole = await noisy().jpeg().toBuffer();
  const source = await inspect(write('c.jpg', Buffer.concat([upTo(whole, 0.5), END_OF_JPEG])));
  const sent = writeReadable(source, { width: 30, height: 20 }, 'jpeg', file('sent.jpg'));
  await expect(sent).rejects.toMatchObject(damaged);
});

const PNG = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

function chunk(name: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const out = Buffer.alloc(data.length + 12);
  out.writeUInt32BE(data.length, 0);
  out.write(name, 4, 'latin1');
  data.copy(out, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + data.length)), 8 + data.length);
  return out;
}

/** The tables of the scan after the last one that stays go with it. */
function endOfScan(jpeg: Buffer, count: number): number {
  let at = 0;
  for (let scan = 0; scan <= count; scan++) at = jpeg.indexOf(SCAN, at + 1);
  const tables = jpeg.lastIndexOf(Buffer.from([0xff, 0xc4]), at);
  return tables > jpeg.lastIndexOf(SCAN, at - 1) ? tables : at;
}

/** Up to the sub-block of the pixels that lies after this share of them. */
function wholeBlocks(gif: Buffer, share: number): Buffer {
  let at = 13 + 3 * 2 ** ((gif[10]! & 7) + 1);
  while (gif[at] === 0x21) {
    for (at += 2; gif[at] !== 0; at += gif[at]! + 1);
    at += 1;
  }
  const flags = gif[at + 9]!;
  const blocks: number[] = [];
  at += 11 + (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  for (; gif[at] !== 0; at += gif[at]! + 1) blocks.push(at);
  return gif.subarray(0, blocks[Math.floor(blocks.length * share)]);
}

const STRIPS = 4;

async function tiffStrips(): Promise<Buffer[]> {
  const rows = HEIGHT / STRIPS;
  const raw = await noisy().raw().toBuffer();
  return Promise.all(
    Array.from({ length: STRIPS }, (_, i) =>
      sharp(raw.subarray(i * rows * WIDTH * 3, (i + 1) * rows * WIDTH * 3), {
        raw: { width: WIDTH, height: rows, channels: 3 },
      })
        .jpeg({ chromaSubsampling: '4:4:4' })
        .toBuffer(),
    ),
  );
}

/** Strips packed as JPEG, YCbCr, behind their directory (TIFF 6.0). */
function tiff(strips: Buffer[]): Buffer {
  const [SHORT, LONG] = [3, 4];
  const tags: [tag: number, type: number, count: number, value: number][] = [
    [256, LONG, 1, WIDTH],
    [257, LONG, 1, HEIGHT],
    [258, SHORT, 3, 0],
    [259, SHORT, 1, 7],
    [262, SHORT, 1, 6],
    [273, LONG, strips.length, 0],
    [277, SHORT, 1, 3],
    [278, LONG, 1, HEIGHT / strips.length],
    [279, LONG, strips.length, 0],
    [530, SHORT, 2, 0x00010001],
  ];
  const bitsAt = 8 + 2 + tags.length * 12 + 4;
  const offsetsAt = bitsAt + 6;
  const countsAt = offsetsAt + strips.length * 4;
  const head = Buffer.alloc(countsAt + strips.length * 4);
  head.write('II*\0', 'latin1');
  head.writeUInt32LE(8, 4);
  head.writeUInt16LE(tags.length, 8);
  const places: Record<number, number> = { 258: bitsAt, 273: offsetsAt, 279: countsAt };
  for (const [i, [tag, type, count, value]] of tags.entries()) {
    const at = 10 + i * 12;
    head.writeUInt16LE(tag, at);
    head.writeUInt16LE(type, at + 2);
    head.writeUInt32LE(count, at + 4);
    head.writeUInt32LE(places[tag] ?? value, at + 8);
  }
  for (let i = 0; i < 3; i++) head.writeUInt16LE(8, bitsAt + i * 2);
  let at = head.length;
  for (const [i, strip] of strips.entries()) {
    head.writeUInt32LE(at, offsetsAt + i * 4);
    head.writeUInt32LE(strip.length, countsAt + i * 4);
    at += strip.length;
  }
  return Buffer.concat([head, ...strips]);
}
