import { preprocess } from '../../../server/src/engines/local/preprocess';
import type { Raster } from '../../../server/src/imaging/raster';

const plain = { mean: [0, 0, 0], std: [1, 1, 1], scale: '255' } as const;

function raster(width: number, height: number, colour: (x: number, y: number) => [number, number, number]): Raster {
  const rgb = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) rgb.set(colour(x, y), (y * width + x) * 3);
  return { width, height, rgb, alpha: null };
}

function input(width: number, height: number, change: object = {}) {
  return { width, height, ...plain, mean: [...plain.mean], std: [...plain.std], ...change } as Parameters<
    typeof preprocess
  >[1];
}

describe('preprocess', () => {
  test('planes come one after the other: all red, then all green, then all blue', async () => {
    const picture = raster(2, 2, (x, y) => [x * 255, y * 255, 51]);
    const values = await preprocess(picture, input(2, 2));
    expect([...values].map((value) => Math.round(value * 10) / 10)).toEqual([
      0, 1, 0, 1, 0, 0, 1, 1, 0.2, 0.2, 0.2, 0.2,
    ]);
  });

  test('each channel is normalised by its own mean and deviation', async () => {
    const picture = raster(4, 4, () => [255, 127.5, 0]);
    const values = await preprocess(picture, input(4, 4, { mean: [0.5, 0.25, 0.5], std: [1, 0.5, 0.25] }));
    expect(values[0]).toBeCloseTo(0.5, 6);
    expect(values[16]).toBeCloseTo((127 / 255 - 0.25) / 0.5, 6);
    expect(values[32]).toBeCloseTo(-2, 6);
  });

  test("scale 'max' divides by the picture's own brightest sample", async () => {
    const picture = raster(4, 4, (x) => (x < 2 ? [100, 50, 25] : [50, 50, 50]));
    const values = await preprocess(picture, input(4, 4, { scale: 'max' }));
    expect(values[0]).toBeCloseTo(1, 6);
    expect(values[16]).toBeCloseTo(0.5, 6);
  });

  test("scale 'max' leaves a black picture black", async () => {
    const values = await preprocess(
      raster(4, 4, () => [0, 0, 0]),
      input(4, 4, { scale: 'max' }),
    );
    expect(values.every((value) => value === 0)).toBe(true);
  });

  test('the picture is squeezed to the input, not cropped or padded', async () => {
    const picture = raster(400, 100, (x) => (x < 200 ? [255, 255, 255] : [0, 0, 0]));
    const values = await preprocess(picture, input(8, 8));
    expect(values).toHaveLength(3 * 64);
    for (let y = 0; y < 8; y++) {
      expect(values[y * 8 + 1]).toBeCloseTo(1, 1);
      expect(values[y * 8 + 6]).toBeCloseTo(0, 1);
    }
  });
});
