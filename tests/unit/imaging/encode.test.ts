import { statSync } from 'node:fs';
import sharp from 'sharp';
import type { Composed } from '../../../server/src/imaging/raster';
import { encode, webpEffort } from '../../../server/src/imaging/encode';
import { FILE_TYPES, type Format } from '../../../server/src/imaging/file-types';
import { decode } from '../../../server/src/imaging/decode';
import { inspectSource } from '../../../server/src/imaging/source';
import { at, distance, draw, layerOf, quadrants, rgbaOf, temporaryFolder, type Rgba } from './pictures';

const file = temporaryFolder();
const FORMATS = Object.keys(FILE_TYPES) as Format[];

/** A soft-edged disc of smooth colours, black where nothing is seen. */
const disc = draw(160, 120, (x, y) => {
  const alpha = Math.max(0, Math.min(255, Math.round((50 - Math.hypot(x - 80, y - 60)) * 20 + 128)));
  return alpha === 0 ? [0, 0, 0, 0] : [120 + Math.round(x / 2), 200 - y, 60, alpha];
});

async function readBack(
  picture: Composed,
  settings: { format: Format; quality?: number; lossless?: boolean },
): Promise<Rgba> {
  const path = file(`out${FILE_TYPES[settings.format].ext}`);
  const bytes = await encode(picture, { lossless: false, ...settings }, path);
  expect(bytes).toBe(statSync(path).size);
  const source = await inspectSource(path, { maxPixels: 1e6 });
  expect(source.format).toBe(settings.format);
  return rgbaOf(await decode(source));
}

/** Mean difference of what is seen: channels weighted by alpha, and alpha itself. */
function seenDifference(a: Rgba, b: Rgba): number {
  let sum = 0;
  for (let i = 0; i < a.data.length; i += 4) {
    const weight = b.data[i + 3]! / 255;
    for (const channel of [0, 1, 2]) sum += Math.abs(a.data[i + channel]! - b.data[i + channel]!) * weight;
    sum += Math.abs(a.data[i + 3]! - b.data[i + 3]!);
  }
  return sum / a.data.length;
}

describe('transparency', () => {
  test.each(['webp', 'png', 'avif'] as const)('%s keeps colours and soft alpha', async (format) => {
    const back = await readBack({ kind: 'layer', ...layerOf(disc) }, { format, quality: 95 });
    expect(seenDifference(back, disc)).toBeLessThan(format === 'png' ? 1e-9 : 1.2);
  });

  test('WebP keeps every alpha value', async () => {
    const back = await readBack({ kind: 'layer', ...layerOf(disc) }, { format: 'webp' });
    for (let i = 3; i < back.data.length; i += 4) expect(back.data[i]).toBe(disc.data[i]);
  });

  test('WebP shows no dark rim: colours at the edge are as right as inside', async () => {
    const back = await readBack({ kind: 'layer', ...layerOf(disc) }, { format: 'webp' });
    let off = 0;
    let soft = 0;
    for (let i = 0; i < back.data.length; i += 4) {
      const alpha = disc.data[i + 3]!;
      if (alpha < 20 || alpha === 255) continue;
      soft += 1;
      off += Math.abs(back.data[i + 1]! - disc.data[i + 1]!);
    }
    expect(soft).toBeGreaterThan(500);
    expect(off / soft).toBeLessThan(4);
  });

  test('lossless WebP and AVIF change nothing that is seen', async () => {
    const webp = await readBack({ kind: 'layer', ...layerOf(disc) }, { format: 'webp', lossless: true });
    expect(distance(webp, disc)).toBe(0);
    // AVIF goes through YCbCr, which rounds.
    const avif = await readBack({ kind: 'layer', ...layerOf(disc) }, { format: 'avif', lossless: true });
    expect(seenDifference(avif, disc)).toBeLessThan(1);
  });

  test.each(['png', 'webp'] as const)('no colour hides in a %s where alpha is 0', async (format) => {
    const { data } = await readBack({ kind: 'layer', ...layerOf(disc) }, { format, lossless: true });
    for (let i = 0; i < data.length; i += 4)
      if (data[i + 3] === 0) expect([...data.subarray(i, i + 3)]).toEqual([0, 0, 0]);
  });

  test('encoding leaves the picture as it was', async () => {
    const layer = layerOf(disc);
    for (const format of ['webp', 'png', 'avif'] as const) await readBack({ kind: 'layer', ...layer }, { format });
    expect(distance(rgbaOf(layer), disc)).toBe(0);
  });

  test.each([
    [1, 1],
    [7, 3],
    [8, 8],
    [17, 9],
  ])('%d × %d, smaller than a block or not a multiple of one', async (width, height) => {
    const picture = draw(width, height, (x, y) => [200, 40, 40, (x + y) % 3 === 0 ? 0 : 255]);
    for (const format of ['webp', 'png', 'avif'] as const) {
      const back = await readBack({ kind: 'layer', ...layerOf(picture) }, { format });
      expect([back.width, back.height]).toEqual([width, height]);
    }
  });
});

test.each(FORMATS)('an opaque picture as %s', async (format) => {
  const picture = quadrants(64, 48);
  const back = await readBack({ kind: 'opaque', ...layerOf(picture) }, { format, quality: 95 });
  for (const [x, y] of [
    [16, 12],
    [48, 36],
  ] as const) {
    const [pixel, known] = [at(back, x, y), at(picture, x, y)];
    for (const channel of [0, 1, 2, 3] as const)
      expect(Math.abs(pixel[channel] - known[channel])).toBeLessThanOrEqual(6);
  }
});

test.each(FORMATS)('a grey matte as %s stays grey', async (format) => {
  const data = Buffer.from(Array.from({ length: 64 * 48 }, (_, i) => (i % 64) * 4));
  const back = await readBack({ kind: 'grey', width: 64, height: 48, data }, { format, quality: 95 });
  for (let i = 0; i < data.length; i++) {
    const [r, g, b] = back.data.subarray(i * 4, i * 4 + 3);
    expect(Math.max(Math.abs(r! - data[i]!), Math.abs(g! - data[i]!), Math.abs(b! - data[i]!))).toBeLessThanOrEqual(8);
  }
});

describe('says that its colours are sRGB, whatever the profile of the original was:', () => {
  const pictures = {
    layer: { kind: 'layer', ...layerOf(disc) },
    opaque: { kind: 'opaque', ...layerOf(disc) },
  } as const;
  const kinds = (['webp', 'png', 'jpeg', 'avif'] as const).flatMap((format) =>
    (['layer', 'opaque'] as const).map((kind) => [format, kind] as const),
  );
  test.each(kinds.filter(([format, kind]) => FILE_TYPES[format].alpha || kind === 'opaque'))(
    'a file as %s, %s',
    async (format, kind) => {
      const path = file(`tagged${FILE_TYPES[format].ext}`);
      await encode(pictures[kind], { format, lossless: false }, path);
      const { icc } = await sharp(path).metadata();
      expect(icc?.toString('latin1')).toMatch(/RGB XYZ/);
    },
  );
});

test('a grey PNG is stored with one channel', async () => {
  await encode(
    { kind: 'grey', width: 8, height: 8, data: Buffer.alloc(64, 7) },
    { format: 'png', lossless: false },
    file('grey.png'),
  );
  expect(await sharp(file('grey.png')).metadata()).toMatchObject({ channels: 1, depth: 'uchar' });
});

test('a lower quality makes a smaller file', async () => {
  for (const format of ['webp', 'jpeg', 'avif'] as const) {
    const picture: Composed = { kind: 'opaque', ...layerOf(disc) };
    const [low, high] = [20, 95].map((quality) =>
      encode(picture, { format, quality, lossless: false }, file(`q${quality}.${format}`)),
    );
    expect(await low).toBeLessThan((await high)!);
  }
});

test('the effort falls as pictures grow', () => {
  const efforts = [0.1e6, 1e6, 3e6, 12e6, 100e6].map(webpEffort);
  expect(efforts).toEqual([...efforts].sort((a, b) => b - a));
  expect(efforts.at(-1)).toBe(0);
});
