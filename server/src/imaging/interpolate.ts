import type { Box } from './picture';
import type { Size } from './raster';

/**
 * Enlarges pictures row by row, each pixel's centre on its own place: libvips puts every enlargement half a pixel of
 * the result too far to the right and down. Separable; what lies beyond an edge is the edge again.
 */

/** Weights of a kernel at a distance in source pixels, and how many pixels it reaches over. */
export interface Kernel {
  taps: 4 | 6;
  weight(distance: number): number;
}

/** Catmull-Rom (Keys 1981, a = −1/2): keeps edges as they are and rings little. */
export const cubic: Kernel = {
  taps: 4,
  weight: (distance) =>
    distance < 1
      ? (1.5 * distance - 2.5) * distance ** 2 + 1
      : distance < 2
        ? ((2.5 - 0.5 * distance) * distance - 4) * distance + 2
        : 0,
};

/** What Pillow and most training pipelines enlarge with. */
export const lanczos3: Kernel = {
  taps: 6,
  weight: (distance) => {
    if (distance === 0) return 1;
    const x = Math.PI * distance;
    return distance < 3 ? (3 * Math.sin(x) * Math.sin(x / 3)) / (x * x) : 0;
  },
};

export interface Interpolation {
  from: Size;
  /** Part of the source that fills the result, in its pixels and not only whole ones; all of it when left out. */
  window?: Box;
  to: Size;
  channels: number;
  kernel: Kernel;
  /** Fills `row` with one interleaved row of the source. */
  read(row: Float32Array, y: number): void;
  /** Takes one interleaved row of the result, top first. The kernel may have overshot; `row` is used again. */
  write(row: Float32Array, y: number): void;
}

/** First source pixel of each result pixel, and the weights from there on, `taps` for each; they sum up to 1. */
function weigh(from: number, start: number, extent: number, to: number, { taps, weight }: Kernel) {
  const first = new Int32Array(to);
  const weights = new Float32Array(to * taps);
  for (let i = 0; i < to; i++) {
    const centre = start + ((i + 0.5) * extent) / to - 0.5;
    const begin = Math.floor(centre) - taps / 2 + 1;
    const own = Array.from({ length: taps }, (_, k) => weight(Math.abs(begin + k - centre)));
    const sum = own.reduce((total, value) => total + value, 0);
    for (let k = 0; k < taps; k++) weights[i * taps + k] = own[k]! / sum;
    first[i] = Math.min(from, Math.max(-taps, begin));
  }
  return { first, weights, taps };
}

type Weights = ReturnType<typeof weigh>;

/** Repeats the first and the last pixel of a row that lies between two margins of `margin` pixels. */
function repeatEnds(row: Float32Array, margin: number, channels: number): void {
  const last = row.length - (margin + 1) * channels;
  for (let i = 0; i < margin; i++) {
    row.copyWithin(i * channels, margin * channels, (margin + 1) * channels);
    row.copyWithin(row.length - (i + 1) * channels, last, last + channels);
  }
}

/** One row at the result's width; `source` has a margin of `taps` pixels. */
function across(row: Float32Array, source: Float32Array, { first, weights, taps }: Weights, channels: number): void {
  const [two, three, four, five] = [2 * channels, 3 * channels, 4 * channels, 5 * channels];
  for (let c = 0; c < channels; c++)
    for (let x = 0, at = c, w = 0; x < first.length; x++, at += channels, w += taps) {
      const p = (first[x]! + taps) * channels + c;
      let sum =
        weights[w]! * source[p]! +
        weights[w + 1]! * source[p + channels]! +
        weights[w + 2]! * source[p + two]! +
        weights[w + 3]! * source[p + three]!;
      if (taps === 6) sum += weights[w + 4]! * source[p + four]! + weights[w + 5]! * source[p + five]!;
      row[at] = sum;
    }
}

/** The weighted sum of 4 or 6 rows. */
function down(row: Float32Array, rows: Float32Array[], weights: Float32Array): void {
  const [a, b, c, d, e, f] = rows as [Float32Array, Float32Array, Float32Array, Float32Array, ...Float32Array[]];
  const [wa, wb, wc, wd, we, wf] = weights as unknown as [number, number, number, number, number?, number?];
  if (e && f && we !== undefined && wf !== undefined)
    for (let i = 0; i < row.length; i++)
      row[i] = wa * a[i]! + wb * b[i]! + wc * c[i]! + wd * d[i]! + we * e[i]! + wf * f[i]!;
  else for (let i = 0; i < row.length; i++) row[i] = wa * a[i]! + wb * b[i]! + wc * c[i]! + wd * d[i]!;
}

export function interpolate({ from, window, to, channels, kernel, read, write }: Interpolation): void {
  const { left, top, width, height } = window ?? { left: 0, top: 0, ...from };
  const { taps } = kernel;
  const columns = weigh(from.width, left, width, to.width, kernel);
  const rows = weigh(from.height, top, height, to.height, kernel);
  const source = new Float32Array((from.width + 2 * taps) * channels);
  const inner = source.subarray(taps * channels, (taps + from.width) * channels);
  // Rows already at the result's width; a result row needs the last few of them.
  const kept = Array.from({ length: taps }, () => ({ y: -1, row: new Float32Array(to.width * channels) }));
  const rowOf = (y: number): Float32Array => {
    const slot = kept[y % taps]!;
    if (slot.y !== y) {
      read(inner, y);
      repeatEnds(source, taps, channels);
      across(slot.row, source, columns, channels);
      slot.y = y;
    }
    return slot.row;
  };
  const result = new Float32Array(to.width * channels);
  const near = new Array<Float32Array>(taps);
  for (let y = 0; y < to.height; y++) {
    for (let k = 0; k < taps; k++) near[k] = rowOf(Math.min(from.height - 1, Math.max(0, rows.first[y]! + k)));
    down(result, near, rows.weights.subarray(y * taps, (y + 1) * taps));
    write(result, y);
  }
}
