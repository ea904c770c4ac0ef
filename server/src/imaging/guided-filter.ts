import type { Plane, Raster } from './raster';
import { grow } from './soft-band';

/**
 * Fast guided filter (K. He, J. Sun: "Fast Guided Filter", arXiv:1505.00996, 2015): the matte is fitted to the
 * picture's luminance by a line per window at the matte's small size, the lines are lifted to the picture's size, and
 * each full-size pixel's alpha is read off its line. Two additions keep it from harming what is right already:
 *
 * - Where the matte varies little, interpolation has lost nothing; the slope is damped by var / (var + FLAT).
 * - What the lines cannot explain is added back, by 1 − R⁴ of the fit: a poor fit (texture, camouflage) keeps the
 *   matte, a good one replaces it, which sharpens the blurred edges of a network.
 *
 * Measured on the scenes of tests/fixtures at 12 MP: see tests/bench.
 */

/** Window radius in pixels of the matte. */
const RADIUS = 2;
/** Regularisation of the luminance's variance (luminance 0…1): slopes on surfaces with less contrast are noise. */
const EPSILON = 2e-4;
/** Variance of the matte (alpha 0…1) under which it counts as smooth. */
const FLAT = 3e-3;

/** Luminance of the small picture has 12 bits (0…4080), so that window sums stay exact in 32 bits. */
const FINE = 16;

/** ITU-R BT.601 weights in 1/256. */
const RED = 77;
const GREEN = 150;
const BLUE = 29;

/** alpha = slope · luminance + offset, per pixel of the matte; luminance and alpha in 0…255. Only valid in the band. */
export interface Lines {
  slope: Float32Array;
  offset: Float32Array;
}

/** The full-size pixels that one pixel of the small plane covers, along one axis: [first, past the last). */
function spans(small: number, full: number): Int32Array {
  const edges = new Int32Array(2 * small);
  for (let i = 0; i < small; i++) {
    const first = Math.min(full - 1, Math.floor((i * full) / small));
    edges[2 * i] = first;
    edges[2 * i + 1] = Math.max(first + 1, Math.floor(((i + 1) * full) / small));
  }
  return edges;
}

/** Mean luminance (12 bits) of the picture under each marked pixel of the small plane. */
function smallLuminance(raster: Raster, width: number, height: number, wanted: Uint8Array): Uint16Array {
  const columns = spans(width, raster.width);
  const rows = spans(height, raster.height);
  const { rgb } = raster;
  const luminance = new Uint16Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    const top = rows[2 * y]!;
    const bottom = rows[2 * y + 1]!;
    for (let x = 0; x < width; x++, i++) {
      if (wanted[i] === 0) continue;
      const left = columns[2 * x]!;
      const right = columns[2 * x + 1]!;
      let sum = 0;
      for (let row = top; row < bottom; row++) {
        const base = row * raster.width;
        for (let p = (base + left) * 3, end = (base + right) * 3; p < end; p += 3)
          sum += RED * rgb[p]! + GREEN * rgb[p + 1]! + BLUE * rgb[p + 2]!;
      }
      luminance[i] = sum / (FINE * (bottom - top) * (right - left)) + 0.5;
    }
  }
  return luminance;
}

/** Sums over the rows of a window, one entry per column: luminance, alpha and their products. */
interface ColumnSums {
  light: Int32Array;
  alpha: Int32Array;
  both: Int32Array;
  lightSquared: Int32Array;
  alphaSquared: Int32Array;
}

function columnSums(width: number): ColumnSums {
  const column = () => new Int32Array(width);
  return { light: column(), alpha: column(), both: column(), lightSquared: column(), alphaSquared: column() };
}

/** Adds (sign 1) or takes away (sign −1) one row. */
function moveRow(sums: ColumnSums, light: Uint16Array, alpha: Buffer, row: number, width: number, sign: 1 | -1): void {
  for (let x = 0, i = row * width; x < width; x++, i++) {
    const l = light[i]!;
    const a = alpha[i]!;
    sums.light[x]! += sign * l;
    sums.alpha[x]! += sign * a;
    sums.both[x]! += sign * l * a;
    sums.lightSquared[x]! += sign * l * l;
    sums.alphaSquared[x]! += sign * a * a;
  }
}

/** Slope, offset and how far the fit may be trusted (1 − R⁴ is added back), per pixel of the small plane. */
interface Fit extends Lines {
  keep: Float32Array;
}

function fitWindow(fit: Fit, at: number, sums: ColumnSums, left: number, right: number, rows: number): void {
  let light = 0;
  let alpha = 0;
  let both = 0;
  let lightSquared = 0;
  let alphaSquared = 0;
  for (let x = left; x <= right; x++) {
    light += sums.light[x]!;
    alpha += sums.alpha[x]!;
    both += sums.both[x]!;
    lightSquared += sums.lightSquared[x]!;
    alphaSquared += sums.alphaSquared[x]!;
  }
  const count = rows * (right - left + 1);
  const meanLight = light / count;
  const meanAlpha = alpha / count;
  const covariance = both / count - meanLight * meanAlpha;
  const lightVariance = lightSquared / count - meanLight * meanLight + EPSILON * (255 * FINE) ** 2;
  const alphaVariance = alphaSquared / count - meanAlpha * meanAlpha;
  const detail = alphaVariance / (alphaVariance + FLAT * 255 ** 2);
  const slope = (covariance / lightVariance) * detail;
  const explained = alphaVariance > 0 ? ((covariance * covariance) / (lightVariance * alphaVariance)) * detail : 0;
  fit.slope[at] = slope;
  fit.offset[at] = meanAlpha - slope * meanLight;
  fit.keep[at] = 1 - explained * explained;
}

/** One line per pixel of the band, from the window around it. */
function fitLines(matte: Plane, light: Uint16Array, band: Uint8Array): Fit {
  const { width, height, data } = matte;
  const fit = {
    slope: new Float32Array(width * height),
    offset: new Float32Array(width * height),
    keep: new Float32Array(width * height),
  };
  const sums = columnSums(width);
  for (let y = 0; y < Math.min(RADIUS, height); y++) moveRow(sums, light, data, y, width, 1);
  for (let y = 0; y < height; y++) {
    if (y + RADIUS < height) moveRow(sums, light, data, y + RADIUS, width, 1);
    if (y - RADIUS > 0) moveRow(sums, light, data, y - RADIUS - 1, width, -1);
    const rows = Math.min(height - 1, y + RADIUS) - Math.max(0, y - RADIUS) + 1;
    for (let x = 0, i = y * width; x < width; x++, i++)
      if (band[i] !== 0) fitWindow(fit, i, sums, Math.max(0, x - RADIUS), Math.min(width - 1, x + RADIUS), rows);
  }
  return fit;
}

/**
 * The lines that lift a matte: fitted in the band (see `softBand`), smoothed over 3 × 3, with what they leave
 * unexplained added back. Outside the band alpha is one constant, 0 or 255.
 */
export function guide(matte: Plane, raster: Raster, band: Uint8Array): Lines {
  const { width, height, data } = matte;
  const light = smallLuminance(raster, width, height, grow(band, width, height, RADIUS));
  const fit = fitLines(matte, light, band);
  const slopes = new Float32Array(width * height);
  const offsets = new Float32Array(width * height);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      if (band[i] === 0) {
        offsets[i] = data[i]! < 128 ? 0 : 255;
        continue;
      }
      let slope = 0;
      let offset = 0;
      let keep = 0;
      let count = 0;
      for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++)
        for (let j = row * width + Math.max(0, x - 1), end = row * width + Math.min(width - 1, x + 1); j <= end; j++)
          if (band[j] !== 0) {
            slope += fit.slope[j]!;
            offset += fit.offset[j]!;
            keep += fit.keep[j]!;
            count++;
          }
      const unexplained = data[i]! - (slope * light[i]! + offset) / count;
      slopes[i] = (slope * FINE) / count;
      offsets[i] = offset / count + (unexplained * keep) / count;
    }
  return { slope: slopes, offset: offsets };
}

/** Past this the small plane's last pixel is the only one left to read: its line holds to the border. */
interface Axis {
  /** First full-size pixel whose left neighbour on the small plane is `i`; one entry more ends the last. */
  starts: Int32Array;
  /** Small pixels per full-size pixel. */
  step: number;
}

function axis(small: number, full: number): Axis {
  const step = small / full;
  const starts = new Int32Array(small + 1);
  for (let i = 0; i < small; i++) starts[i] = Math.min(full, Math.ceil((i + 0.5) / step - 0.5));
  starts[small] = full;
  return { starts, step };
}

/** Reads a plane of the picture's size off the lines, which are interpolated between the small plane's pixels. */
export function readOff(lines: Lines, matte: Plane, band: Uint8Array, raster: Raster): Plane {
  const { width: columns, height: rows } = matte;
  const { width, height, rgb } = raster;
  const across = axis(columns, width);
  const data = Buffer.alloc(width * height);
  const slope = new Float32Array(columns);
  const offset = new Float32Array(columns);
  const inBand = new Uint8Array(columns);

  for (let y = 0; y < height; y++) {
    const v = Math.min(rows - 1, Math.max(0, ((y + 0.5) * rows) / height - 0.5));
    const upper = Math.floor(v) * columns;
    const lower = Math.min(rows - 1, Math.floor(v) + 1) * columns;
    const f = v - Math.floor(v);
    for (let i = 0, up = upper, low = lower; i < columns; i++, up++, low++) {
      inBand[i] = band[up]! | band[low]!;
      slope[i] = lines.slope[up]! + f * (lines.slope[low]! - lines.slope[up]!);
      offset[i] = lines.offset[up]! + f * (lines.offset[low]! - lines.offset[up]!);
    }
    const base = y * width;
    for (let i = -1; i < columns; i++) {
      const here = Math.max(0, i);
      const next = Math.min(columns - 1, i + 1);
      const from = i < 0 ? 0 : across.starts[i]!;
      const to = across.starts[i + 1]!;
      if ((inBand[here]! | inBand[next]!) === 0) {
        if (offset[here]! > 128) data.fill(255, base + from, base + to);
        continue;
      }
      const t = (from + 0.5) * across.step - 0.5 - i;
      const slopeStep = slope[next]! - slope[here]!;
      const offsetStep = offset[next]! - offset[here]!;
      let s = slope[here]! + t * slopeStep;
      let o = offset[here]! + t * offsetStep;
      const ds = slopeStep * across.step;
      const dn = offsetStep * across.step;
      for (let at = base + from, p = at * 3, end = base + to; at < end; at++, p += 3) {
        const light = (RED * rgb[p]! + GREEN * rgb[p + 1]! + BLUE * rgb[p + 2]!) / 256;
        const alpha = s * light + o;
        data[at] = alpha <= 0 ? 0 : alpha >= 255 ? 255 : (alpha + 0.5) | 0;
        s += ds;
        o += dn;
      }
    }
  }
  return { width, height, data };
}
