import fc from 'fast-check';
import { lift } from '../../../server/src/imaging/lift';
import type { Plane, Raster } from '../../../server/src/imaging/raster';
import { bandError, meanError, modelLike } from '../../fixtures/measure';
import { makeScene, type BackdropName, type SceneKind } from '../../fixtures/scene';

/** The scale of a 12 MP photo over a 1024² matte, with a tenth of the pixels. */
const photoSize = { width: 1200, height: 900 };
const MODEL_SIDE = 307;

jest.setTimeout(60_000);

const plain = { refine: false };
const refined = { refine: true };

function flat(width: number, height: number, value: number): Plane {
  return { width, height, data: Buffer.alloc(width * height, value) };
}

function grey(width: number, height: number): Raster {
  return { width, height, rgb: Buffer.alloc(width * height * 3, 120), alpha: null };
}

describe('lift', () => {
  const scenes: [SceneKind, BackdropName, number][] = [
    ['hair', 'garden', 0.4],
    ['plush', 'fabric', 0.75],
    ['wires', 'bricks', 0.55],
    ['holes', 'garden', 0.45],
    ['chair', 'planks', 0.65],
    ['mug', 'studio', 0.6],
  ];

  test.each(scenes)(
    'refine on %s over %s leaves at most %d of the error in the soft band',
    async (kind, backdrop, left) => {
      const { photo, alpha } = await makeScene({ kind, backdrop, seed: 11, ...photoSize });
      const matte = await modelLike(alpha, MODEL_SIDE);
      const [before, after] = [await lift(matte, photo, plain), await lift(matte, photo, refined)];
      expect(bandError(after, alpha)).toBeLessThan(left * bandError(before, alpha));
      // Over the whole frame a camouflaged subject (wood on wood) may cost a little.
      expect(meanError(after, alpha)).toBeLessThan(1.15 * meanError(before, alpha));
    },
  );

  test.each([
    ['blur', 'studio'],
    ['glass', 'planks'],
  ] as const)('refine costs next to nothing where interpolation is right already: %s on %s', async (kind, backdrop) => {
    const { photo, alpha } = await makeScene({ kind, backdrop, seed: 11, ...photoSize });
    const matte = await modelLike(alpha, MODEL_SIDE);
    const [before, after] = [await lift(matte, photo, plain), await lift(matte, photo, refined)];
    expect(bandError(after, alpha)).toBeLessThan(bandError(before, alpha) + 0.006);
  });

  test("refine finds the edges again that a network's matte has blurred", async () => {
    const { photo, alpha } = await makeScene({ kind: 'chair', backdrop: 'garden', seed: 11, ...photoSize });
    const matte = await modelLike(alpha, MODEL_SIDE, true);
    const [before, after] = [await lift(matte, photo, plain), await lift(matte, photo, refined)];
    expect(bandError(after, alpha)).toBeLessThan(0.5 * bandError(before, alpha));
  });

  test.each([plain, refined])('empty and full mattes stay what they are: %o', async (options) => {
    const photo = grey(301, 157);
    const [empty, full] = [await lift(flat(64, 64, 0), photo, options), await lift(flat(64, 64, 255), photo, options)];
    expect(empty).toMatchObject({ width: 301, height: 157 });
    expect(empty.data.every((value) => value === 0)).toBe(true);
    expect(full.data.every((value) => value === 255)).toBe(true);
  });

  test('a half transparent surface keeps its alpha when refined', async () => {
    const { data } = await lift(flat(64, 64, 100), grey(300, 200), refined);
    expect(data.every((value) => Math.abs(value - 100) <= 1)).toBe(true);
  });

  test('a matte of the photo’s size is left alone', async () => {
    const matte = flat(40, 30, 77);
    expect(await lift(matte, grey(40, 30), refined)).toEqual(matte);
  });

  test('photos no larger than the matte are interpolated, whatever is asked', async () => {
    const { photo, alpha } = await makeScene({ kind: 'mug', seed: 2, width: 300, height: 240 });
    const matte = await modelLike(alpha, 320);
    expect((await lift(matte, photo, refined)).data.equals((await lift(matte, photo, plain)).data)).toBe(true);
  });

  test('any matte lifts onto any photo: right size, and unmixed where the matte is', async () => {
    const cases = fc.record({
      small: fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
      large: fc.tuple(fc.integer({ min: 10, max: 40 }), fc.integer({ min: 10, max: 40 })),
      seed: fc.infiniteStream(fc.integer({ min: 0, max: 255 })),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ small: [w, h], large: [width, height], seed }) => {
        const bytes = (count: number) => Buffer.from(Array.from({ length: count }, () => seed.next().value as number));
        const matte = { width: w, height: h, data: bytes(w * h) };
        const photo = { width, height, rgb: bytes(width * height * 3), alpha: null };
        const lifted = await lift(matte, photo, refined);
        expect([lifted.width, lifted.height, lifted.data.length]).toEqual([width, height, width * height]);
      }),
    );
  });
});
