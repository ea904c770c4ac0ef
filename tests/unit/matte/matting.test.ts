import fc from 'fast-check';
import sharp from 'sharp';
import { lift } from '../../../server/src/imaging/lift';
import { solveBand } from '../../../server/src/imaging/matting';
import type { Raster } from '../../../server/src/imaging/raster';
import { edgeErrors } from '../../fixtures/edge-measures';
import { modelLike } from '../../fixtures/measure';
import { makeScene, type BackdropName, type SceneKind } from '../../fixtures/scene';

/** A photo of a megapixel beside a matte of 1024², with a third of the pixels. */
const photoSize = { width: 480, height: 360 };
const MODEL_SIDE = 450;

jest.setTimeout(60_000);

const stored = { refine: true };
const fresh = { refine: true, fresh: true };

async function sceneAndMatte(kind: SceneKind, backdrop: BackdropName, size = photoSize) {
  const { photo, alpha } = await makeScene({ kind, backdrop, seed: 11, ...size });
  return { photo, alpha, matte: await modelLike(alpha, MODEL_SIDE, true) };
}

async function asJpeg({ width, height, rgb }: Raster, quality: number): Promise<Raster> {
  const jpeg = await sharp(rgb, { raw: { width, height, channels: 3 } })
    .jpeg({ quality })
    .toBuffer();
  return { width, height, rgb: await sharp(jpeg).raw().toBuffer(), alpha: null };
}

describe('a fresh matte', () => {
  test.each([
    ['hair', 'studio', 0.9],
    ['wires', 'garden', 0.8],
    ['holes', 'garden', 0.5],
    ['mug', 'studio', 0.6],
    ['chair', 'garden', 0.3],
  ] as const)(
    'of %s over %s, no larger than the network, has at most %d of its edge errors left',
    async (kind, backdrop, left) => {
      const { photo, alpha, matte } = await sceneAndMatte(kind, backdrop);
      const before = edgeErrors(await lift(matte, photo, stored), alpha);
      const after = edgeErrors(await lift(matte, photo, fresh), alpha);
      expect(after.mae).toBeLessThan(left * before.mae);
      expect(after.gradient).toBeLessThan(left * before.gradient);
    },
  );

  test.each([
    ['hair', 'garden'],
    ['chair', 'planks'],
  ] as const)(
    'of %s over %s, larger than the network, is better than by the guided filter alone',
    async (kind, backdrop) => {
      const { photo, alpha, matte } = await sceneAndMatte(kind, backdrop, { width: 800, height: 600 });
      const before = edgeErrors(await lift(matte, photo, stored), alpha);
      const after = edgeErrors(await lift(matte, photo, fresh), alpha);
      expect(after.mae).toBeLessThan(before.mae);
      expect(after.gradient).toBeLessThan(0.97 * before.gradient);
    },
  );

  test.each(['glass', 'blur'] as const)('of %s keeps what is half transparent by nature', async (kind) => {
    const { photo, alpha, matte } = await sceneAndMatte(kind, 'planks');
    const before = edgeErrors(await lift(matte, photo, stored), alpha);
    expect(edgeErrors(await lift(matte, photo, fresh), alpha).mae).toBeLessThan(1.02 * before.mae);
  });

  test.each([60, 30])('is no worse for JPEG of quality %d', async (quality) => {
    const { photo, alpha, matte } = await sceneAndMatte('chair', 'garden');
    const jpeg = await asJpeg(photo, quality);
    const before = edgeErrors(await lift(matte, jpeg, stored), alpha);
    const after = edgeErrors(await lift(matte, jpeg, fresh), alpha);
    expect(after.mae).toBeLessThan(before.mae);
    expect(after.gradient).toBeLessThan(before.gradient);
  });

  test('of a photo that was enlarged for the network is left alone', async () => {
    const { photo, matte } = await sceneAndMatte('chair', 'garden', { width: 220, height: 165 });
    const [before, after] = [await lift(matte, photo, stored), await lift(matte, photo, fresh)];
    expect(after.data.equals(before.data)).toBe(true);
  });
});

describe('solveBand', () => {
  test('on a picture without any contrast a soft edge stays where it is', () => {
    const [width, height] = [120, 40];
    const data = Buffer.from(
      Array.from({ length: width * height }, (_, i) => Math.min(255, Math.max(0, ((i % width) - 40) * 6))),
    );
    const solved = solveBand({ width, height, data }, Buffer.alloc(width * height * 3, 120));
    let sum = 0;
    for (let i = 0; i < data.length; i++) sum += Math.abs(solved.data[i]! - data[i]!);
    expect(sum / data.length).toBeLessThan(2);
  });

  test('a blurred edge becomes the hard one that the picture shows', () => {
    const [width, height, edge] = [80, 40, 40];
    const at = (i: number) => i % width;
    const data = Buffer.from(
      Array.from({ length: width * height }, (_, i) => Math.min(255, Math.max(0, (at(i) - edge) * 30 + 128))),
    );
    const rgb = Buffer.from(
      Array.from({ length: width * height * 3 }, (_, p) => (at(Math.floor(p / 3)) < edge ? 30 : 200)),
    );
    const solved = solveBand({ width, height, data }, rgb);
    for (let x = 0; x < width; x++) {
      const wrong = Math.abs(solved.data[20 * width + x]! - (x < edge ? 0 : 255));
      expect(wrong).toBeLessThan(26);
    }
  });

  test('what is clear or solid is not touched, whatever the picture is', () => {
    const cases = fc.record({
      width: fc.integer({ min: 1, max: 30 }),
      height: fc.integer({ min: 1, max: 30 }),
      colours: fc.infiniteStream(fc.integer({ min: 0, max: 255 })),
      alphas: fc.infiniteStream(fc.constantFrom(0, 0, 0, 2, 90, 253, 255, 255)),
    });
    fc.assert(
      fc.property(cases, ({ width, height, colours, alphas }) => {
        const data = Buffer.from(Array.from({ length: width * height }, () => alphas.next().value as number));
        const rgb = Buffer.from(Array.from({ length: width * height * 3 }, () => colours.next().value as number));
        const before = Buffer.from(data);
        const solved = solveBand({ width, height, data }, rgb);
        expect(data.equals(before)).toBe(true);
        expect(solved.data).toHaveLength(data.length);
        for (let i = 0; i < data.length; i++) if (data[i] !== 90) expect(solved.data[i]).toBe(data[i]);
      }),
    );
  });
});
