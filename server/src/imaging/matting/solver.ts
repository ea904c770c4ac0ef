import { wasm } from '../kernels/band';
import { instantiate, planMemory } from '../kernels/memory';
import type { Plane } from '../raster';

/**
 * Closed-form matting (A. Levin, D. Lischinski, Y. Weiss: "A Closed-Form Solution to Natural Image Matting", TPAMI 30(2),
 * 2008, eq. 12): the matting Laplacian of the 3 × 3 windows around a band, small for an alpha that is, in each window, a
 * linear function of the colour; and some steps of the conjugate gradient method towards the alpha for which it and the
 * ties to known alphas are least. The loops are in server/kernels/band.ts. Its regularisation of 1e-4 of the range squared
 * takes what a window's colours differ by less for noise: the paper's 1e-7 is for uncompressed pictures; this is what
 * JPEG of quality 30 to 92 does best with.
 */
export interface System {
  matte: Plane;
  /** Interleaved, of the matte's size. */
  rgb: Uint8Array;
  /** Places of the band's pixels in the picture, ascending. */
  pixels: Int32Array;
  /** How strongly each of them is tied to its target, 0…1. */
  weights: Float32Array;
  targets: Float32Array;
}

/** Numbers of a pixel's row: the 5 × 5 pixels around it. */
const ROW = 25;
/** A window's colours: two times three planes of three rows of four numbers. */
const WINDOW = 72;
interface Kernel {
  begin(
    matte: number,
    length: number,
    width: number,
    pixels: number,
    count: number,
    places: number,
    near: number,
    alpha: number,
  ): void;
  laplacian(
    rgb: number,
    width: number,
    height: number,
    places: number,
    near: number,
    rows: number,
    window: number,
  ): void;
  improve(
    alpha: number,
    width: number,
    pixels: number,
    count: number,
    rows: number,
    weights: number,
    targets: number,
    inverse: number,
    rest: number,
    product: number,
    direction: number,
    steps: number,
  ): void;
}

/** Alpha 0…1 of the band's pixels, in their order. All pixels outside of the band stay what they are. */
export function solve({ matte, rgb, pixels, weights, targets }: System, steps: number): Float32Array {
  const { width, height, data } = matte;
  const count = pixels.length;
  // A row reaches two rows and two pixels beyond its own.
  const pad = 2 * width + 2;
  const plan = planMemory();
  const { numbers } = plan;
  const at = {
    rgb: plan.take(rgb.length),
    matte: plan.take(data.length),
    near: plan.take(data.length + 2 * width + 2),
    window: numbers(WINDOW),
    places: numbers(data.length),
    alpha: numbers(data.length + 2 * pad),
    direction: numbers(data.length + 2 * pad),
    rows: numbers(count * ROW),
    ...{ pixels: numbers(count), weights: numbers(count), targets: numbers(count) },
    ...{ inverse: numbers(count), rest: numbers(count), product: numbers(count) },
  };
  const solved = new Float32Array(count);
  const memory = plan.memory();
  const { buffer } = memory;
  new Uint8Array(buffer, at.rgb, rgb.length).set(rgb);
  new Uint8Array(buffer, at.matte, data.length).set(data);
  new Int32Array(buffer, at.pixels, count).set(pixels);
  new Float32Array(buffer, at.weights, count).set(weights);
  new Float32Array(buffer, at.targets, count).set(targets);

  const { begin, laplacian, improve } = instantiate<Kernel>(wasm, memory);
  const near = at.near + width + 1;
  begin(at.matte, data.length, width, at.pixels, count, at.places, near, at.alpha + 4 * pad);
  laplacian(at.rgb, width, height, at.places, near, at.rows, at.window);
  const { inverse, rest, product, direction } = at;
  const { alpha: start, rows } = at;
  improve(start, width, at.pixels, count, rows, at.weights, at.targets, inverse, rest, product, direction, steps);
  const alpha = new Float32Array(buffer, at.alpha + 4 * pad, data.length);
  for (let u = 0; u < count; u++) solved[u] = alpha[pixels[u]!]!;
  return solved;
}
