import { existsSync, statSync, writeFileSync } from 'node:fs';
import sharp from 'sharp';
import { encodeBmp } from '../../../server/src/imaging/bmp/encode';
import { convert } from '../../../server/src/pool/tasks/convert';
import type { ConvertTask } from '../../../server/src/pool/contract';
import { at, layerOf, quadrants, read, sharpOf, temporaryFolder } from './pictures';

const file = temporaryFolder();
const LIMITS = { accept: ['webp', 'bmp', 'png', 'jpeg'], maxWidth: 1000, maxHeight: 1000, maxBytes: 50e6 };
const task = (source: string, changes: Partial<ConvertTask> = {}): ConvertTask => ({
  source,
  output: file('sent'),
  ...LIMITS,
  ...changes,
});

test.each(['jpeg', 'png', 'webp'] as const)('an upright %s within the limits is sent as it is', async (format) => {
  const path = file(`fine.${format}`);
  await sharpOf(quadrants(60, 40)).toFormat(format).toFile(path);
  expect(await convert(task(path))).toEqual({
    file: { path, ext: `.${format}`, mime: `image/${format}`, width: 60, height: 40, bytes: statSync(path).size },
    converted: false,
    source: { width: 60, height: 40, format },
  });
});

test('a picture that is upright only by its EXIF is turned before it is sent', async () => {
  const path = file('turned.jpg');
  await sharpOf(quadrants(60, 40)).removeAlpha().withMetadata({ orientation: 6 }).jpeg({ quality: 98 }).toFile(path);
  const { file: sent, converted, source } = await convert(task(path));
  expect(converted).toBe(true);
  expect(source).toEqual({ width: 40, height: 60, format: 'jpeg' });
  expect(sent).toMatchObject({ path: file('sent.jpg'), ext: '.jpg', mime: 'image/jpeg', width: 40, height: 60 });
  expect((await sharp(sent.path).metadata()).orientation).toBeUndefined();
  // Turned clockwise: the lower left corner comes to the upper left.
  const [r, g, b] = at(await read(sent.path), 5, 5);
  expect([r, g, b].map((value, i) => Math.abs(value - [50, 70, 190][i]!) < 12)).toEqual([true, true, true]);
});

test('what the service cannot read becomes JPEG, or PNG where there is transparency', async () => {
  await sharpOf(quadrants(60, 40)).removeAlpha().tiff({ compression: 'lzw' }).toFile(file('a.tif'));
  expect((await convert(task(file('a.tif')))).file.mime).toBe('image/jpeg');
  await sharpOf(quadrants(60, 40, [255, 90, 255, 255]))
    .tiff({ compression: 'lzw' })
    .toFile(file('b.tif'));
  const { file: sent } = await convert(task(file('b.tif')));
  expect(sent.mime).toBe('image/png');
  expect(at(await read(sent.path), 50, 5)[3]).toBe(90);
  writeFileSync(file('c.bmp'), encodeBmp(layerOf(quadrants(60, 40)).rgb, 60, 40));
  expect((await convert(task(file('c.bmp'), { accept: ['jpeg'] }))).file.mime).toBe('image/jpeg');
});

test('a picture too wide or too tall is scaled down, aspect kept, never up', async () => {
  await sharpOf(quadrants(60, 40)).png().toFile(file('wide.png'));
  expect((await convert(task(file('wide.png'), { maxWidth: 30 }))).file).toMatchObject({ width: 30, height: 20 });
  expect((await convert(task(file('wide.png'), { maxHeight: 10 }))).file).toMatchObject({ width: 15, height: 10 });
  expect((await convert(task(file('wide.png'), { accept: ['jpeg'] }))).file).toMatchObject({ width: 60, height: 40 });
});

test('a picture of too many bytes is packed again, then made smaller until it fits', async () => {
  const noise = { type: 'gaussian' as const, mean: 128, sigma: 60 };
  await sharp({ create: { width: 900, height: 600, channels: 3, background: '#888', noise } })
    .png()
    .toFile(file('heavy.png'));
  const maxBytes = 60_000;
  const { file: sent } = await convert(task(file('heavy.png'), { maxBytes }));
  expect(sent.bytes).toBeLessThanOrEqual(maxBytes);
  expect(sent.bytes).toBe(statSync(sent.path).size);
  expect(Math.abs(sent.width / sent.height - 1.5)).toBeLessThan(0.02);
  await expect(convert(task(file('heavy.png'), { maxBytes: 10 }))).rejects.toMatchObject({ code: 'source.too-large' });
});

describe('nobody pays for what is refused afterwards', () => {
  const limits = { maxPixels: 1000, transparencyThreshold: 0.1 };

  test('too many pixels', async () => {
    await sharpOf(quadrants(60, 40)).png().toFile(file('large.png'));
    await expect(convert(task(file('large.png'), { limits }))).rejects.toMatchObject({
      code: 'source.too-many-pixels',
    });
  });

  test('cut out already', async () => {
    await sharpOf(quadrants(20, 20, [0, 255, 255, 255]))
      .png()
      .toFile(file('cut.png'));
    await expect(convert(task(file('cut.png'), { limits }))).rejects.toMatchObject({
      code: 'source.already-transparent',
    });
  });

  test('no picture', async () => {
    writeFileSync(file('no.jpg'), 'hello');
    await expect(convert(task(file('no.jpg'), { output: file('none') }))).rejects.toMatchObject({
      code: 'source.not-an-image',
    });
    expect(existsSync(file('none.jpg'))).toBe(false);
  });
});
