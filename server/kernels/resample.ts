/**
 * The two sums of separable interpolation, and the way from bytes and back, in AssemblyScript (https://www.assemblyscript.org), compiled to WebAssembly
 * with SIMD by `npm run kernels`. imaging/interpolate.ts owns the memory, whose rows end with room for four more numbers.
 */

const F32: i32 = 4;

/** The weighted sums over `taps` (4 or 6) numbers beside each other, of one channel. */
function acrossOne(row: usize, source: usize, first: usize, weights: usize, count: i32, taps: i32): void {
  for (let x = 0; x < count; x++) {
    const from = source + F32 * load<i32>(first + F32 * x);
    const part = f32x4.mul(v128.load(weights), v128.load(from));
    let sum =
      f32x4.extract_lane(part, 0) +
      f32x4.extract_lane(part, 1) +
      (f32x4.extract_lane(part, 2) + f32x4.extract_lane(part, 3));
    if (taps == 6) {
      sum += load<f32>(weights, 16) * load<f32>(from, 16) + load<f32>(weights, 20) * load<f32>(from, 20);
    }
    store<f32>(row + F32 * x, sum);
    weights += F32 * taps;
  }
}

/**
 * One row at the result's width. `first` holds for each of the `count` pixels where in `source` its sum begins, `weights`
 * its `taps` weights. With 3 channels a pixel writes over the next one's first channel, which then writes its own.
 */
export function across(
  row: usize,
  source: usize,
  first: usize,
  weights: usize,
  count: i32,
  taps: i32,
  channels: i32,
): void {
  if (channels == 1) return acrossOne(row, source, first, weights, count, taps);
  const pixel = F32 * channels;
  for (let x = 0; x < count; x++) {
    const from = source + pixel * load<i32>(first + F32 * x);
    let sum = f32x4.mul(v128.load32_splat(weights), v128.load(from));
    sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(weights, 4), v128.load(from + pixel)));
    sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(weights, 8), v128.load(from + 2 * pixel)));
    sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(weights, 12), v128.load(from + 3 * pixel)));
    if (taps == 6) {
      sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(weights, 16), v128.load(from + 4 * pixel)));
      sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(weights, 20), v128.load(from + 5 * pixel)));
    }
    weights += F32 * taps;
    v128.store(row + pixel * x, sum);
  }
}

/** The weighted sum of `taps` (4 or 6) rows of `length` numbers, whose addresses are in `rows`. */
export function down(row: usize, rows: usize, weights: usize, length: i32, taps: i32): void {
  const a = load<usize>(rows);
  const b = load<usize>(rows, 4);
  const c = load<usize>(rows, 8);
  const d = load<usize>(rows, 12);
  const byA = v128.load32_splat(weights);
  const byB = v128.load32_splat(weights, 4);
  const byC = v128.load32_splat(weights, 8);
  const byD = v128.load32_splat(weights, 12);
  const more = taps == 6;
  const e = more ? load<usize>(rows, 16) : a;
  const f = more ? load<usize>(rows, 20) : a;
  const byE = v128.load32_splat(weights, 16);
  const byF = v128.load32_splat(weights, 20);
  for (let at = 0; at < F32 * length; at += 4 * F32) {
    let sum = f32x4.mul(byA, v128.load(a + at));
    sum = f32x4.add(sum, f32x4.mul(byB, v128.load(b + at)));
    sum = f32x4.add(sum, f32x4.mul(byC, v128.load(c + at)));
    sum = f32x4.add(sum, f32x4.mul(byD, v128.load(d + at)));
    if (more) {
      sum = f32x4.add(sum, f32x4.mul(byE, v128.load(e + at)));
      sum = f32x4.add(sum, f32x4.mul(byF, v128.load(f + at)));
    }
    v128.store(row + at, sum);
  }
}

/** Bytes as numbers. */
export function widen(row: usize, bytes: usize, length: i32): void {
  for (let i = 0; i < length; i += 4) {
    const wide = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(bytes + i)));
    v128.store(row + F32 * i, f32x4.convert_i32x4_s(wide));
  }
}

/** The nearest bytes, the even one between two. */
export function narrow(bytes: usize, row: usize, length: i32): void {
  for (let i = 0; i < length; i += 4) {
    const whole = i32x4.trunc_sat_f32x4_s(f32x4.nearest(v128.load(row + F32 * i)));
    const half = i16x8.narrow_i32x4_s(whole, whole);
    store<u32>(bytes + i, <u32>i32x4.extract_lane(i8x16.narrow_i16x8_u(half, half), 0));
  }
}
