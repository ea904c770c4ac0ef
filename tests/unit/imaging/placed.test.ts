import sharp from 'sharp';
import { preprocess } from '../../../server/src/engines/local/preprocess';
import { compose, composeMask } from '../../../server/src/imaging/compose';
import { lift } from '../../../server/src/imaging/lift';
import type { Plane, Raster, Size } from '../../../server/src/imaging/raster';
import { smallerSizes } from '../../../server/src/imaging/sizes';
import { parseComposeOptions, type ComposeOptions } from '../../../server/src/options';
import { rgbaOf, temporaryFolder } from './pictures';

/**
 * A disc must stay where it is, to a tenth of a pixel, whatever becomes of the picture. Its centre is computed, and not
 * found by resampling: one that shifts would agree with itself.
 */

const file = temporaryFolder();
const bytes = (length: number, value: (i: number) => number): Buffer => {
  const out = Buffer.alloc(length);
  for (let i = 0; i < length; i++) out[i] = value(i);
  return out;
};
const NEAR = 0.1;
/** In shares of the width and the height. */
const CENTRE = { x: 0.47, y: 0.53 };

/** Coverage of a disc whose radius is a share of the shorter side; an ellipse where the sides are of another picture. */
function disc({ width, height }: Size, radius: number, of: Size = { width, height }): Plane {
  const shorter = Math.min(of.width, of.height) * radius;
  const data = Buffer.alloc(width * height);
  const samples = [0.125, 0.375, 0.625, 0.875];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      let inside = 0;
      for (const v of samples)
        for (const u of samples) {
          const dx = ((x + u) / width - CENTRE.x) * of.width;
          const dy = ((y + v) / height - CENTRE.y) * of.height;
          if (dx * dx + dy * dy <= shorter * shorter) inside++;
        }
      data[y * width + x] = Math.round((inside * 255) / samples.length ** 2);
    }
  return { width, height, data };
}

/** How far the mass of a plane is from the disc's centre, in its pixels. */
function off({ width, height, data }: { width: number; height: number; data: ArrayLike<number> }): [number, number] {
  let [mass, sumX, sumY] = [0, 0, 0];
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      mass += data[i]!;
      sumX += data[i]! * (x + 0.5);
      sumY += data[i]! * (y + 0.5);
    }
  return [sumX / mass - CENTRE.x * width, sumY / mass - CENTRE.y * height];
}

function expectCentred(plane: Parameters<typeof off>[0]): void {
  for (const distance of off(plane)) expect(Math.abs(distance)).toBeLessThan(NEAR);
}

/** A photo of the disc, bright on dark. */
function photo(size: Size): Raster {
  const { data } = disc(size, 0.3);
  const rgb = Buffer.alloc(data.length * 3);
  for (let i = 0; i < data.length; i++)
    for (let c = 0; c < 3; c++) rgb[3 * i + c] = (data[i]! * [230, 200, 60][c]! + (255 - data[i]!) * 30) / 255;
  return { ...size, rgb, alpha: null };
}

function options(input: object): ComposeOptions {
  const result = parseComposeOptions(input);
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return result.options;
}

const alphaOf = (picture: { width: number; height: number }): Plane => {
  const { width, height, data } = rgbaOf(picture);
  return { width, height, data: bytes(width * height, (i) => data[4 * i + 3]!) };
};

const MODEL = { width: 256, height: 256 };
const photoSizes: [number, number][] = [
  [300, 200],
  [250, 250],
  [256, 256],
  [700, 431],
  [1001, 667],
  [190, 333],
  [90, 70],
];

describe('a disc stays where it is', () => {
  test.each(photoSizes)('on its way into the model: %d × %d', async (width, height) => {
    const values = await preprocess(photo({ width, height }), {
      ...MODEL,
      mean: [30 / 255, 30 / 255, 30 / 255],
      std: [1, 1, 1],
      scale: '255',
    });
    expectCentred({ ...MODEL, data: values.slice(0, MODEL.width * MODEL.height) });
  });

  test.each(photoSizes)('on its way back, plain: %d × %d', async (width, height) => {
    const matte = disc(MODEL, 0.3, { width, height });
    expectCentred(await lift(matte, photo({ width, height }), { refine: false }));
  });

  test.each(photoSizes)('on its way back, refined: %d × %d', async (width, height) => {
    const matte = disc(MODEL, 0.3, { width, height });
    expectCentred(await lift(matte, photo({ width, height }), { refine: true }));
  });

  test.each([
    { w: 400 },
    { h: 401 },
    { w: 333, h: 77, exact_resize: true },
    { w: 77, h: 333, exact_resize: true },
    { w: 101 },
    { w: 38 },
    { w: 33, h: 17, exact_resize: true },
  ])('through %j', async (input) => {
    const { data, ...size } = disc({ width: 203, height: 151 }, 0.3);
    const layer = { ...size, rgb: Buffer.alloc(data.length * 3, 90), alpha: data };
    expectCentred(alphaOf(await compose(layer, options(input))));
    const mask = await composeMask({ ...size, data }, options({ ...input, mask: true }));
    expectCentred({ ...mask, data: (mask as Plane).data });
  });

  test('in each of its smaller sizes', async () => {
    const { data, ...size } = disc({ width: 1023, height: 767 }, 0.3);
    const rgb = bytes(data.length * 3, (i) => data[Math.floor(i / 3)]!);
    for (const picture of [
      { kind: 'layer', ...size, rgb: Buffer.alloc(rgb.length, 90), alpha: data },
      { kind: 'grey', ...size, data },
      { kind: 'opaque', ...size, rgb },
    ] as const)
      for await (const smaller of smallerSizes(picture, [37, 100, 333, 640])) {
        if (smaller.kind === 'layer') expectCentred(alphaOf(smaller));
        else {
          const { width, height } = smaller;
          const pixels = rgbaOf(smaller).data;
          expectCentred({ width, height, data: bytes(width * height, (i) => pixels[4 * i]!) });
        }
      }
  });

  test.each([
    { blur: 0, offset: { x: 0, y: 0 } },
    { blur: 10, offset: { x: 0, y: 0 } },
    { blur: 61, offset: { x: 0, y: 0 } },
    { blur: 61, offset: { x: 12.5, y: -7 } },
    { blur: 3, offset: { x: 0.5, y: 0.25 } },
  ])('in its shadow: %j', async (shadow) => {
    const { data, ...size } = disc({ width: 403, height: 307 }, 0.15);
    // So thin that the shadow can be told from the sum: a + s(1 − a).
    const thin = bytes(data.length, (i) => data[i]! * 0.4);
    const layer = { ...size, rgb: Buffer.alloc(data.length * 3, 255), alpha: thin };
    const sum = alphaOf(await compose(layer, options({ shadow: { opacity: 1, ...shadow } }))).data;
    const cast = Float64Array.from(sum, (value, i) => (value - thin[i]!) / (1 - thin[i]! / 255));
    const [x, y] = off({ ...size, data: cast });
    expect(Math.abs(x - shadow.offset.x)).toBeLessThan(NEAR);
    expect(Math.abs(y - shadow.offset.y)).toBeLessThan(NEAR);
  });

  test.each([
    [60, 45],
    [301, 170],
    [1500, 1001],
  ])('in a background of %d × %d that covers another canvas', async (width, height) => {
    const path = file(`disc-${width}.png`);
    await sharp(photo({ width, height }).rgb, { raw: { width, height, channels: 3 } })
      .png()
      .toFile(path);
    // A share of the canvas that cover cuts evenly on both sides moves the centre of the disc with it.
    const canvas = { width: 400, height: 300 };
    const clear = { ...canvas, rgb: Buffer.alloc(canvas.width * canvas.height * 3), alpha: Buffer.alloc(120_000) };
    const made = rgbaOf(await compose(clear, options({ bg_image: 1 }), { path, maxPixels: 1e7 }));
    const red = bytes(120_000, (i) => Math.max(0, made.data[4 * i]! - 30));
    const scale = Math.max(canvas.width / width, canvas.height / height);
    const [x, y] = off({ ...canvas, data: red });
    expect(Math.abs(x + (CENTRE.x - 0.5) * (canvas.width - width * scale))).toBeLessThan(NEAR);
    expect(Math.abs(y + (CENTRE.y - 0.5) * (canvas.height - height * scale))).toBeLessThan(NEAR);
  });
});
