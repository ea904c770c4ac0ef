import fc from 'fast-check';
import sharp from 'sharp';
import { encodeAlpha } from '../../../server/src/imaging/webp/alpha-chunk';
import { joinWebp } from '../../../server/src/imaging/webp/container';

/** The alpha plane as libwebp decodes it from a file with this chunk. */
async function decodedByLibwebp(chunk: Buffer, width: number, height: number): Promise<Buffer> {
  const colors = await sharp({ create: { width, height, channels: 3, background: '#789' } })
    .webp({ effort: 0 })
    .toBuffer();
  const { data, info } = await sharp(joinWebp({ colors, alpha: chunk, profile: null }, width, height))
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect([info.width, info.height]).toEqual([width, height]);
  return Buffer.from(Array.from({ length: width * height }, (_, i) => data[i * 4 + 3]!));
}

/** Planes of the kinds that mattes are made of, and of kinds that they are not. */
const value = fc.oneof(fc.constantFrom(0, 255), fc.nat(255));
const plane = fc.tuple(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 1, max: 40 })).chain(([width, height]) => {
  const size = { minLength: width * height, maxLength: width * height };
  const noise = fc.uint8Array(size);
  const sparse = fc.array(fc.oneof({ weight: 30, arbitrary: fc.constant(255) }, { weight: 1, arbitrary: value }), size);
  const ramp = fc
    .tuple(fc.nat(9), fc.nat(9))
    .map(([x, y]) => Array.from({ length: width * height }, (_, i) => (i % width) * x + Math.floor(i / width) * y));
  const flat = value.map((v) => Array.from({ length: width * height }, () => v));
  return fc.oneof(noise, sparse, ramp, flat).map((values) => ({ width, height, alpha: Uint8Array.from(values) }));
});

test('libwebp reads back every alpha value, whatever the plane', async () => {
  await fc.assert(
    fc.asyncProperty(plane, async ({ width, height, alpha }) => {
      const decoded = await decodedByLibwebp(encodeAlpha(alpha, width, height), width, height);
      expect(decoded.equals(alpha)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('runs longer than the longest code, and a plane of one value, are read back', async () => {
  for (const [width, height, from, to] of [
    [300, 200, 0, 60_000],
    [300, 200, 20_000, 47_777],
    [16_383, 3, 5, 17_000],
    [1, 9000, 10, 8999],
  ] as const) {
    const alpha = new Uint8Array(width * height).fill(255, from, to);
    const decoded = await decodedByLibwebp(encodeAlpha(alpha, width, height), width, height);
    expect(decoded.equals(alpha)).toBe(true);
  }
});

test('a soft matte takes at most a fifth more room than libwebp gives it at effort 4, ten times as slow', async () => {
  const [width, height] = [600, 400];
  const disc = Buffer.from(
    `<svg width="${width}" height="${height}"><circle cx="300" cy="200" r="150" fill="#fff"/><path d="M30 30 L560 380" stroke="#fff" stroke-width="3"/></svg>`,
  );
  const alpha = await sharp(disc).flatten({ background: '#000' }).blur(3).toColourspace('b-w').raw().toBuffer();
  const colors = sharp({ create: { width, height, channels: 3, background: '#000' } });
  const { length } = await colors
    .clone()
    .joinChannel(alpha, { raw: { width, height, channels: 1 } })
    .webp({ effort: 4 })
    .toBuffer();
  const plain = await colors.clone().webp({ effort: 4 }).toBuffer();
  expect(encodeAlpha(alpha, width, height).length).toBeLessThan((length - plain.length) * 1.2);
});
