/**
 * The two loops that matting spends its time in, in AssemblyScript (https://www.assemblyscript.org), compiled to
 * WebAssembly with SIMD by `npm run kernels`. Addresses and layouts are those of imaging/matting/solver.ts, which owns the
 * memory; nothing here allocates.
 */

/** A pixel's row holds the 5 × 5 pixels around it, row by row; the middle one is its own. */
const ROW: i32 = 25;
const OWN: i32 = 12;
const F32: i32 = 4;

/** See imaging/matting/solver.ts. */
const EPSILON: f64 = 1e-4 * 255 * 255;

/** A row of the inverse covariance times three colours that lie beside each other. */
// @ts-ignore: decorator
@inline
function times(a: f64, b: f64, c: f64, line: usize): v128 {
  let sum = f32x4.mul(f32x4.splat(<f32>a), v128.load(line));
  sum = f32x4.add(sum, f32x4.mul(f32x4.splat(<f32>b), v128.load(line, 48)));
  return f32x4.add(sum, f32x4.mul(f32x4.splat(<f32>c), v128.load(line, 96)));
}

/**
 * What the window around one pixel says is added to the rows of those of its pixels that are in the band. `window` takes its
 * colours less their mean (three planes of three rows of four numbers, the fourth 0), and then the same times the inverse
 * covariance.
 */
function addWindow(rgb: usize, width: i32, places: usize, rows: usize, window: usize, centre: i32): void {
  let red: i32 = 0;
  let green: i32 = 0;
  let blue: i32 = 0;
  for (let y = 0; y < 3; y++) {
    const from = rgb + 3 * (centre + (y - 1) * width - 1);
    for (let x = 0; x < 3; x++) {
      red += load<u8>(from + 3 * x);
      green += load<u8>(from + 3 * x, 1);
      blue += load<u8>(from + 3 * x, 2);
    }
  }
  const meanRed = <f32>red / 9;
  const meanGreen = <f32>green / 9;
  const meanBlue = <f32>blue / 9;
  let rr = EPSILON;
  let rg: f64 = 0;
  let rb: f64 = 0;
  let gg = EPSILON;
  let gb: f64 = 0;
  let bb = EPSILON;
  for (let y = 0; y < 3; y++) {
    const from = rgb + 3 * (centre + (y - 1) * width - 1);
    const to = window + y * 16;
    for (let x = 0; x < 3; x++) {
      const r = <f32>load<u8>(from + 3 * x) - meanRed;
      const g = <f32>load<u8>(from + 3 * x, 1) - meanGreen;
      const b = <f32>load<u8>(from + 3 * x, 2) - meanBlue;
      store<f32>(to + x * F32, r);
      store<f32>(to + x * F32, g, 48);
      store<f32>(to + x * F32, b, 96);
      rr += <f64>r * r;
      rg += <f64>r * g;
      rb += <f64>r * b;
      gg += <f64>g * g;
      gb += <f64>g * b;
      bb += <f64>b * b;
    }
  }
  // Inverse of the symmetric 3 × 3 matrix by cofactors; EPSILON keeps it positive definite. In double precision: where
  // all colours lie on a line the terms nearly cancel.
  const c00 = gg * bb - gb * gb;
  const c01 = rb * gb - rg * bb;
  const c02 = rg * gb - rb * gg;
  const c11 = rr * bb - rb * rb;
  const c12 = rg * rb - rr * gb;
  const c22 = rr * gg - rg * rg;
  const share = 1 / (rr * c00 + rg * c01 + rb * c02);
  for (let y = 0; y < 3; y++) {
    const line = window + y * 16;
    v128.store(line, times(share * c00, share * c01, share * c02, line), 144);
    v128.store(line, times(share * c01, share * c11, share * c12, line), 192);
    v128.store(line, times(share * c02, share * c12, share * c22, line), 240);
  }
  const ninth = f32x4(1.0 / 9.0, 1.0 / 9.0, 1.0 / 9.0, 0);
  for (let y = 0; y < 3; y++) {
    for (let x = 0; x < 3; x++) {
      const place = load<i32>(places + F32 * (centre + (y - 1) * width + x - 1));
      if (place == 0) continue;
      const at = window + y * 16 + x * F32;
      const byRed = v128.load32_splat(at, 144);
      const byGreen = v128.load32_splat(at, 192);
      const byBlue = v128.load32_splat(at, 240);
      const own = rows + F32 * ((place - 1) * ROW + OWN);
      const corner = own - F32 * ((y - 1) * 5 + (x - 1)) - F32 * 6;
      for (let j = 0; j < 3; j++) {
        const line = window + j * 16;
        let part = f32x4.add(ninth, f32x4.mul(byRed, v128.load(line)));
        part = f32x4.add(part, f32x4.mul(byGreen, v128.load(line, 48)));
        part = f32x4.add(part, f32x4.mul(byBlue, v128.load(line, 96)));
        const target = corner + j * (5 * F32);
        v128.store(target, f32x4.sub(v128.load(target), part));
      }
      store<f32>(own, load<f32>(own) + 1);
    }
  }
}

/**
 * Numbers the band's pixels, from 1 on, in `places`; marks in `near` wherever a window has one of them; and writes `alpha`
 * as 0…1. A pixel at an end of its line marks one of the next line's, which no window has as its middle.
 */
export function begin(
  matte: usize,
  length: i32,
  width: i32,
  pixels: usize,
  count: i32,
  places: usize,
  near: usize,
  alpha: usize,
): void {
  const share: f32 = <f32>1 / 255;
  for (let i = 0; i < length; i++) store<f32>(alpha + F32 * i, <f32>load<u8>(matte + i) * share);
  for (let u = 0; u < count; u++) {
    const pixel = load<i32>(pixels + F32 * u);
    store<i32>(places + F32 * pixel, u + 1);
    for (let y = -1; y < 2; y++) {
      const at = near + pixel + y * width;
      store<u8>(at - 1, 1);
      store<u8>(at, 1);
      store<u8>(at + 1, 1);
    }
  }
}

/** The rows of the band's pixels, which have to be 0 before; see imaging/matting/solver.ts. */
export function laplacian(
  rgb: usize,
  width: i32,
  height: i32,
  places: usize,
  near: usize,
  rows: usize,
  window: usize,
): void {
  for (let y = 1; y < height - 1; y++) {
    const end = (y + 1) * width - 1;
    for (let i = y * width + 1; i < end; i++) {
      if (load<u8>(near + i)) addWindow(rgb, width, places, rows, window, i);
    }
  }
}

/** A pixel's row times a vector of the picture's size, whose padding is just what a row reaches up and left. */
// @ts-ignore: decorator
@inline
function rowTimes(row: usize, vector: usize, pixel: i32, width: i32): f32 {
  const line = F32 * width;
  let at = vector + F32 * pixel;
  let sum = f32x4.mul(v128.load(row), v128.load(at));
  let last = load<f32>(row, 16) * load<f32>(at, 16);
  at += line;
  sum = f32x4.add(sum, f32x4.mul(v128.load(row, 20), v128.load(at)));
  last += load<f32>(row, 36) * load<f32>(at, 16);
  at += line;
  sum = f32x4.add(sum, f32x4.mul(v128.load(row, 40), v128.load(at)));
  last += load<f32>(row, 56) * load<f32>(at, 16);
  at += line;
  sum = f32x4.add(sum, f32x4.mul(v128.load(row, 60), v128.load(at)));
  last += load<f32>(row, 76) * load<f32>(at, 16);
  at += line;
  sum = f32x4.add(sum, f32x4.mul(v128.load(row, 80), v128.load(at)));
  last += load<f32>(row, 96) * load<f32>(at, 16);
  return (
    f32x4.extract_lane(sum, 0) +
    f32x4.extract_lane(sum, 1) +
    (f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3)) +
    last
  );
}

/**
 * Steps of the conjugate gradient method with Jacobi's preconditioner (`inverse`: one over the diagonal) from `alpha` on;
 * `direction` has to be 0 before.
 */
export function improve(
  alpha: usize,
  width: i32,
  pixels: usize,
  count: i32,
  rows: usize,
  weights: usize,
  targets: usize,
  inverse: usize,
  rest: usize,
  product: usize,
  direction: usize,
  steps: i32,
): void {
  const pad = F32 * (2 * width + 2);
  const rowBytes = F32 * ROW;
  let size: f64 = 0;
  for (let u = 0; u < count; u++) {
    const pixel = load<i32>(pixels + F32 * u);
    const weight = load<f32>(weights + F32 * u);
    const own = load<f32>(alpha + pad + F32 * pixel);
    const value =
      weight * (load<f32>(targets + F32 * u) - own) - rowTimes(rows + rowBytes * u, alpha, pixel, width);
    const share: f32 = <f32>1 / (load<f32>(rows + F32 * (u * ROW + OWN)) + weight);
    const way = value * share;
    store<f32>(inverse + F32 * u, share);
    store<f32>(rest + F32 * u, value);
    store<f32>(direction + pad + F32 * pixel, way);
    size += <f64>value * way;
  }
  for (let step = 0; step < steps && size > 0; step++) {
    let along: f64 = 0;
    for (let u = 0; u < count; u++) {
      const pixel = load<i32>(pixels + F32 * u);
      const way = load<f32>(direction + pad + F32 * pixel);
      const value = load<f32>(weights + F32 * u) * way + rowTimes(rows + rowBytes * u, direction, pixel, width);
      store<f32>(product + F32 * u, value);
      along += <f64>way * value;
    }
    // Rounding has eaten what was left.
    if (!(along > 0)) return;
    const stride = <f32>(size / along);
    let next: f64 = 0;
    for (let u = 0; u < count; u++) {
      const at = pad + F32 * load<i32>(pixels + F32 * u);
      store<f32>(alpha + at, load<f32>(alpha + at) + stride * load<f32>(direction + at));
      const value = load<f32>(rest + F32 * u) - stride * load<f32>(product + F32 * u);
      store<f32>(rest + F32 * u, value);
      next += <f64>value * (value * load<f32>(inverse + F32 * u));
    }
    const turn = <f32>(next / size);
    for (let u = 0; u < count; u++) {
      const at = pad + F32 * load<i32>(pixels + F32 * u);
      const way = load<f32>(rest + F32 * u) * load<f32>(inverse + F32 * u);
      store<f32>(direction + at, way + turn * load<f32>(direction + at));
    }
    size = next;
  }
}
