import { cellMeans } from './cell-means';
import type { Plane, Raster } from './raster';
import { grow } from './soft-band';

/**
 * Fast guided filter (K. He, J. Sun: "Fast Guided Filter", arXiv:1505.00996, 2015): in each window the matte is fitted
 * by a linear function of the picture's colour, at the matte's small size; the functions are lifted to the picture's
 * size, and each full-size pixel's alpha is read off its own. The guide is the colour (eq. 19 of the guided filter's
 * paper) and not the luminance alone: hair of the background's brightness is refined five times better by it.
 *
 * Two additions keep it from harming what is right already:
 * - Where the matte varies little, interpolation has lost nothing: slopes are damped by variance / (variance + FLAT).
 * - What the functions cannot explain is added back, by 1 − R⁴ of the fit: where it is poor (texture, camouflage) the
 *   matte stays, where it is good the picture's edge replaces the network's blurred one.
 */

/** Window radius in pixels of the matte. */
const RADIUS = 2;
/** Regularisation, in squared 8-bit steps (5e-4 of the range squared): weaker contrasts than this are noise. */
const EPSILON = 5e-4 * 255 ** 2;
/** Variance of the matte, in squared 8-bit steps, under which it counts as smooth. */
const FLAT = 3e-3 * 255 ** 2;

/**
 * Five numbers per pixel of the small plane: alpha = slope · (R, G, B) + offset, in 8-bit steps, then the part of the
 * unexplained rest that is added back. Only meaningful in the band.
 */
const FIT = 5;
/** What a column of a window sums up: R, G, B, alpha, alpha², alpha · R, G, B, and the six products of R, G, B. */
const SUMS = 14;

/** Four numbers per pixel of the small plane: slopes for R, G, B, and the offset. */
export const LINE = 4;

/** Adds (sign 1) or takes away (sign −1) one row of wanted pixels to the sums of its columns; exact in integers. */
function moveRow(
  sums: Int32Array,
  colours: Uint8Array,
  matte: Plane,
  wanted: Uint8Array,
  row: number,
  sign: 1 | -1,
): void {
  const { width, data } = matte;
  for (let x = 0, i = row * width, s = 0; x < width; x++, i++, s += SUMS) {
    if (wanted[i] === 0) continue;
    const red = sign * colours[3 * i]!;
    const green = sign * colours[3 * i + 1]!;
    const blue = sign * colours[3 * i + 2]!;
    const alpha = sign * data[i]!;
    const [r, g, b, a] = [sign * red, sign * green, sign * blue, sign * alpha];
    sums[s]! += red;
    sums[s + 1]! += green;
    sums[s + 2]! += blue;
    sums[s + 3]! += alpha;
    sums[s + 4]! += alpha * a;
    sums[s + 5]! += alpha * r;
    sums[s + 6]! += alpha * g;
    sums[s + 7]! += alpha * b;
    sums[s + 8]! += red * r;
    sums[s + 9]! += red * g;
    sums[s + 10]! += red * b;
    sums[s + 11]! += green * g;
    sums[s + 12]! += green * b;
    sums[s + 13]! += blue * b;
  }
}

/** Solves the regularised least squares of one window; `total` holds its sums over `count` pixels. */
function solve(fit: Float32Array, at: number, total: Float64Array, count: number): void {
  const share = 1 / count;
  const red = total[0]! * share;
  const green = total[1]! * share;
  const blue = total[2]! * share;
  const alpha = total[3]! * share;
  const variance = total[4]! * share - alpha * alpha;
  // Covariances of alpha with the colours, and of the colours with each other.
  const ar = total[5]! * share - alpha * red;
  const ag = total[6]! * share - alpha * green;
  const ab = total[7]! * share - alpha * blue;
  const rr = total[8]! * share - red * red + EPSILON;
  const rg = total[9]! * share - red * green;
  const rb = total[10]! * share - red * blue;
  const gg = total[11]! * share - green * green + EPSILON;
  const gb = total[12]! * share - green * blue;
  const bb = total[13]! * share - blue * blue + EPSILON;
  // Inverse of the symmetric 3 × 3 matrix by cofactors; EPSILON keeps it positive definite.
  const c00 = gg * bb - gb * gb;
  const c01 = rb * gb - rg * bb;
  const c02 = rg * gb - rb * gg;
  const c11 = rr * bb - rb * rb;
  const c12 = rg * rb - rr * gb;
  const c22 = rr * gg - rg * rg;
  const scale = variance / ((variance + FLAT) * (rr * c00 + rg * c01 + rb * c02));
  const slopeRed = (c00 * ar + c01 * ag + c02 * ab) * scale;
  const slopeGreen = (c01 * ar + c11 * ag + c12 * ab) * scale;
  const slopeBlue = (c02 * ar + c12 * ag + c22 * ab) * scale;
  const explained = variance > 0 ? (slopeRed * ar + slopeGreen * ag + slopeBlue * ab) / variance : 0;
  fit[at] = slopeRed;
  fit[at + 1] = slopeGreen;
  fit[at + 2] = slopeBlue;
  fit[at + 3] = alpha - slopeRed * red - slopeGreen * green - slopeBlue * blue;
  fit[at + 4] = 1 - explained * explained;
}

/** One fit per pixel of the band, over the window around it. */
function fitBand(matte: Plane, colours: Uint8Array, band: Uint8Array, wanted: Uint8Array): Float32Array {
  const { width, height } = matte;
  const fit = new Float32Array(FIT * width * height);
  const sums = new Int32Array(SUMS * width);
  const total = new Float64Array(SUMS);
  for (let y = 0; y < Math.min(RADIUS, height); y++) moveRow(sums, colours, matte, wanted, y, 1);
  for (let y = 0; y < height; y++) {
    if (y + RADIUS < height) moveRow(sums, colours, matte, wanted, y + RADIUS, 1);
    if (y > RADIUS) moveRow(sums, colours, matte, wanted, y - RADIUS - 1, -1);
    const rows = Math.min(height - 1, y + RADIUS) - Math.max(0, y - RADIUS) + 1;
    for (let x = 0, i = y * width; x < width; x++, i++) {
      if (band[i] === 0) continue;
      const left = Math.max(0, x - RADIUS);
      const right = Math.min(width - 1, x + RADIUS);
      total.fill(0);
      for (let s = left * SUMS, end = (right + 1) * SUMS; s < end; s += SUMS)
        for (let k = 0; k < SUMS; k++) total[k]! += sums[s + k]!;
      solve(fit, i * FIT, total, rows * (right - left + 1));
    }
  }
  return fit;
}

/** Mean of the fits of the band's pixels in the 3 × 3 around one. */
function smoothFit(mean: Float64Array, fit: Float32Array, band: Uint8Array, matte: Plane, x: number, y: number): void {
  const { width, height } = matte;
  mean.fill(0);
  let count = 0;
  for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++)
    for (let j = row * width + Math.max(0, x - 1), end = row * width + Math.min(width - 1, x + 1); j <= end; j++) {
      if (band[j] === 0) continue;
      for (let k = 0; k < FIT; k++) mean[k]! += fit[j * FIT + k]!;
      count++;
    }
  for (let k = 0; k < FIT; k++) mean[k]! /= count;
}

/**
 * The linear functions that lift a matte, four numbers per pixel of it (see LINE), for the band of `softBand`.
 * Next to the band the slopes are 0 and the offset is the constant there, 0 or 255; farther off nothing is written.
 */
export function guide(matte: Plane, raster: Raster, band: Uint8Array): Float32Array {
  const { width, height, data } = matte;
  const wanted = grow(band, width, height, RADIUS);
  const colours = cellMeans(raster, width, height, wanted);
  const fit = fitBand(matte, colours, band, wanted);
  const lines = new Float32Array(LINE * width * height);
  const mean = new Float64Array(FIT);
  for (let y = 0, i = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++, at += LINE) {
      if (wanted[i] === 0) continue;
      if (band[i] === 0) {
        lines[at + 3] = data[i]! < 128 ? 0 : 255;
        continue;
      }
      smoothFit(mean, fit, band, matte, x, y);
      const [red, green, blue, offset, keep] = mean as unknown as [number, number, number, number, number];
      const explained = red * colours[3 * i]! + green * colours[3 * i + 1]! + blue * colours[3 * i + 2]! + offset;
      lines[at] = red;
      lines[at + 1] = green;
      lines[at + 2] = blue;
      lines[at + 3] = offset + keep * (data[i]! - explained);
    }
  return lines;
}
