/**
 * The loops of imaging/blur-fusion.ts, in AssemblyScript (https://www.assemblyscript.org), compiled to WebAssembly with
 * SIMD by `npm run kernels`. A strip is the pixels of one row of cells. Colours are three numbers and a fourth that is 1;
 * sums of weighted colours so end with the sum of their weights. A cell has those of the foreground, then those of the
 * background.
 */

const F32: i32 = 4;
const CELL: i32 = 8 * F32;
const BACK: i32 = 4 * F32;
/** Less than one pixel of alpha 1 weighs: nothing of this kind is near. */
const NOTHING: f32 = 1e-10;

/** Red, green and blue as numbers, and a 1. */
// @ts-ignore: decorator
@inline
function colours(pixel: usize): v128 {
  const numbers = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(pixel)));
  return f32x4.replace_lane(f32x4.convert_i32x4_u(numbers), 3, 1);
}

/** Marks the cells that have pixels of 0 < alpha < 255; whether there are any. */
export function scan(alpha: usize, width: i32, height: i32, size: i32, soft: usize): bool {
  let found = false;
  for (let y = 0; y < height; y++) {
    const row = alpha + y * width;
    for (let x = 0; x < width; x += 16) {
      // 255 + 1 and 0 + 1 are the only ones without bits 1…7.
      const odd = v128.and(i8x16.add(v128.load(row + x), i8x16.splat(1)), i8x16.splat(<i8>0xfe));
      if (!v128.any_true(odd)) continue;
      for (let at = x, end = min(width, x + 16); at < end; at++) {
        if ((<i32>load<u8>(row + at) + 1) & 0xfe) {
          store<u8>(soft + at / size, 1);
          found = true;
        }
      }
    }
  }
  return found;
}

/** Adds every `stride`-th pixel of a row to the sums of its cells, which are `size` pixels wide. */
export function addWide(
  rgb: usize,
  alpha: usize,
  width: i32,
  stride: i32,
  size: i32,
  purity: usize,
  sums: usize,
): void {
  for (let x = stride >> 1, end = size; x < width; end += size, sums += CELL) {
    let front = v128.load(sums);
    let back = v128.load(sums, BACK);
    for (const last = min(width, end); x < last; x += stride) {
      const a = <i32>load<u8>(alpha + x);
      const pixel = colours(rgb + 3 * x);
      front = f32x4.add(front, f32x4.mul(v128.load32_splat(purity + F32 * a), pixel));
      back = f32x4.add(back, f32x4.mul(v128.load32_splat(purity + F32 * (255 - a)), pixel));
    }
    v128.store(sums, front);
    v128.store(sums, back, BACK);
  }
}

/** Colours from sums. Where nothing of one kind was near, the other's colour stands in, which leaves pixels as they are. */
export function divide(cells: usize, count: i32): void {
  for (const end = cells + CELL * count; cells < end; cells += CELL) divideOne(cells, v128.load(cells), v128.load(cells, BACK));
}

// @ts-ignore: decorator
@inline
function divideOne(to: usize, front: v128, back: v128): void {
  const inFront = f32x4.extract_lane(front, 3) > NOTHING;
  const behind = f32x4.extract_lane(back, 3) > NOTHING;
  const ownFront = f32x4.div(front, f32x4.splat(f32x4.extract_lane(front, 3)));
  const ownBack = f32x4.div(back, f32x4.splat(f32x4.extract_lane(back, 3)));
  v128.store(to, inFront ? ownFront : ownBack);
  v128.store(to, behind ? ownBack : ownFront, BACK);
}

/**
 * Sums of a strip's cells that are soft or have a soft neighbour, both colours corrected by what the wide estimate's mix
 * leaves over. `soft` is the row of marks above the strip's, with a cell before the first.
 */
export function addNear(
  rgb: usize,
  alpha: usize,
  width: i32,
  height: i32,
  size: i32,
  soft: usize,
  softWidth: i32,
  purity: usize,
  wide: usize,
  wideShare: i32,
  sums: usize,
): void {
  const stride = max(1, size >> 1);
  for (let left = 0, column = 0; left < width; left += size, column++, sums += CELL) {
    const marks = soft + column;
    // Three marks and one that does not count, of three rows.
    const near = load<u32>(marks) | load<u32>(marks + softWidth) | load<u32>(marks + 2 * softWidth);
    if ((near & 0xffffff) == 0) continue;
    const colour = wide + CELL * (column / wideShare);
    const wideFront = v128.load(colour);
    const wideBack = v128.load(colour, BACK);
    let front = f32x4.splat(0);
    let back = f32x4.splat(0);
    for (let y = 0; y < height; y += stride) {
      for (let x = left, right = min(width, left + size); x < right; x += stride) {
        const i = y * width + x;
        const a = <i32>load<u8>(alpha + i);
        const share = f32x4.splat(<f32>a / 255);
        const other = f32x4.splat(1 - <f32>a / 255);
        // The fourth number of all is 1, so that of the rest is 0.
        const mixed = f32x4.add(f32x4.mul(share, wideFront), f32x4.mul(other, wideBack));
        const rest = f32x4.sub(colours(rgb + 3 * i), mixed);
        const inFront = f32x4.add(wideFront, f32x4.mul(share, rest));
        const behind = f32x4.add(wideBack, f32x4.mul(other, rest));
        front = f32x4.add(front, f32x4.mul(v128.load32_splat(purity + F32 * a), inFront));
        back = f32x4.add(back, f32x4.mul(v128.load32_splat(purity + F32 * (255 - a)), behind));
      }
    }
    v128.store(sums, front);
    v128.store(sums, back, BACK);
  }
}

// @ts-ignore: decorator
@inline
function threeCells(at: usize): v128 {
  return f32x4.add(v128.load(at), f32x4.add(v128.load(at, CELL), v128.load(at, 2 * CELL)));
}

/**
 * Replaces the colours of a strip's soft pixels by the foreground's: the estimate of the nine cells around, plus alpha times
 * what the mix leaves over; and makes black what is not seen at all. `soft` is the strip's row of marks; the rows of sums
 * begin, like it, with a cell before the first.
 */
export function unmix(
  rgb: usize,
  alpha: usize,
  width: i32,
  height: i32,
  size: i32,
  soft: usize,
  above: usize,
  own: usize,
  below: usize,
  cell: usize,
): void {
  for (let left = 0, at = 0; left < width; left += size, soft++, at += CELL) {
    if (load<u8>(soft, 1) == 0) continue;
    const front = f32x4.add(threeCells(above + at), f32x4.add(threeCells(own + at), threeCells(below + at)));
    const around = at + BACK;
    const back = f32x4.add(threeCells(above + around), f32x4.add(threeCells(own + around), threeCells(below + around)));
    divideOne(cell, front, back);
    unmixCell(rgb, alpha, width, height, left, min(width, left + size), v128.load(cell), v128.load(cell, BACK));
  }
  clear(rgb, alpha, width * height);
}

// @ts-ignore: decorator
@inline
function unmixCell(
  rgb: usize,
  alpha: usize,
  width: i32,
  height: i32,
  left: i32,
  right: i32,
  front: v128,
  back: v128,
): void {
  for (let y = 0; y < height; y++) {
    for (let i = y * width + left, end = y * width + right; i < end; i++) {
      const a = load<u8>(alpha + i);
      if (a == 0 || a == 255) continue;
      const share = f32x4.splat(<f32>a / 255);
      const mixed = f32x4.add(f32x4.mul(share, front), f32x4.mul(f32x4.splat(1 - <f32>a / 255), back));
      const rest = f32x4.sub(colours(rgb + 3 * i), mixed);
      const found = f32x4.add(f32x4.add(front, f32x4.mul(share, rest)), f32x4.splat(0.5));
      const whole = i32x4.trunc_sat_f32x4_s(found);
      // Both narrow to the nearest that there is, 0 and 255 at the ends.
      const bytes = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(whole, whole), whole);
      store<u16>(rgb + 3 * i, <u16>i16x8.extract_lane_u(bytes, 0));
      store<u8>(rgb + 3 * i, i8x16.extract_lane_u(bytes, 2), 2);
    }
  }
}

/** Black where nothing is seen. */
function clear(rgb: usize, alpha: usize, count: i32): void {
  for (let i = 0; i < count; i += 16) {
    const seen = v128.load(alpha + i);
    if (i8x16.all_true(seen)) continue;
    const end = min(count, i + 16);
    if (end == i + 16 && !v128.any_true(seen)) {
      memory.fill(rgb + 3 * i, 0, 48);
      continue;
    }
    for (let at = i; at < end; at++) {
      if (load<u8>(alpha + at)) continue;
      store<u16>(rgb + 3 * at, 0);
      store<u8>(rgb + 3 * at, 0, 2);
    }
  }
}
