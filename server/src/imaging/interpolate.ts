import { instantiate, planMemory } from './kernels/memory';
import { wasm } from './kernels/resample';
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
  read(row: Row, y: number): void;
  /** Takes one interleaved row of the result, top first. The kernel may have overshot; `row` is not to be changed. */
  write(row: Row, y: number): void;
}

/** Either its numbers are set and read, or it is filled with bytes and rounded to bytes, which is faster. */
export interface Row {
  values: Float32Array;
  fill(bytes: Uint8Array): void;
  /** Valid until the next call. */
  toBytes(): Uint8Array;
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

/** The loops of server/kernels/resample.ts. */
interface Sums {
  across(
    row: number,
    source: number,
    first: number,
    weights: number,
    count: number,
    taps: number,
    channels: number,
  ): void;
  down(row: number, rows: number, weights: number, length: number, taps: number): void;
  widen(row: number, bytes: number, length: number): void;
  narrow(bytes: number, row: number, length: number): void;
}

interface PlacedRow extends Row {
  at: number;
}

/** The memory that a picture passes through, row by row. */
function createRows({ from, to, channels, kernel: { taps } }: Interpolation, columns: Weights, rows: Weights) {
  const plan = planMemory();
  const sourceLength = (from.width + 2 * taps) * channels;
  const length = to.width * channels;
  const at = {
    source: plan.numbers(sourceLength),
    kept: Array.from({ length: taps }, () => plan.numbers(length)),
    result: plan.numbers(length),
    first: plan.numbers(to.width),
    across: plan.numbers(columns.weights.length),
    down: plan.numbers(rows.weights.length),
    near: plan.numbers(taps),
    bytes: plan.numbers(Math.max(sourceLength, length)),
  };
  const memory = plan.memory();
  const { across, down, widen, narrow } = instantiate<Sums>(wasm, memory);
  const rowAt = (place: number, count = length): PlacedRow => {
    const bytes = new Uint8Array(memory.buffer, at.bytes, count);
    return {
      at: place,
      values: new Float32Array(memory.buffer, place, count),
      fill(samples) {
        bytes.set(samples);
        widen(place, at.bytes, count);
      },
      toBytes() {
        narrow(at.bytes, place, count);
        return bytes;
      },
    };
  };
  const source = rowAt(at.source, sourceLength).values;
  const result = rowAt(at.result);
  const near = new Int32Array(memory.buffer, at.near, taps);
  // From the margin on.
  new Int32Array(memory.buffer, at.first, to.width).set(columns.first.map((pixel) => pixel + taps));
  new Float32Array(memory.buffer, at.across, columns.weights.length).set(columns.weights);
  new Float32Array(memory.buffer, at.down, rows.weights.length).set(rows.weights);
  return {
    kept: at.kept.map((place) => ({ y: -1, ...rowAt(place) })),
    /** Where a row of the source goes. */
    source: rowAt(at.source + 4 * taps * channels, from.width * channels),
    /** Brings the source row to the result's width. */
    across(row: PlacedRow): void {
      repeatEnds(source, taps, channels);
      across(row.at, at.source, at.first, at.across, to.width, taps, channels);
    },
    /** The result's row `y` from those around it. */
    down(y: number, rowOf: (k: number) => PlacedRow): PlacedRow {
      for (let k = 0; k < taps; k++) near[k] = rowOf(k).at;
      down(at.result, at.near, at.down + 4 * taps * y, length, taps);
      return result;
    },
  };
}

export function interpolate(asked: Interpolation): void {
  const { from, window, to, kernel, read, write } = asked;
  const { left, top, width, height } = window ?? { left: 0, top: 0, ...from };
  const columns = weigh(from.width, left, width, to.width, kernel);
  const rows = weigh(from.height, top, height, to.height, kernel);
  // An axis that stays as it is costs nothing; another way has shrunk it before, see `resample`.
  const sameColumns = left === 0 && width === to.width && from.width === width;
  const sameRows = top === 0 && height === to.height && from.height === height;
  const { kept, source, across, down } = createRows(asked, columns, rows);
  // Rows already at the result's width; a result row needs the last few of them.
  const rowOf = (y: number): PlacedRow => {
    const slot = kept[y % kept.length]!;
    if (slot.y === y) return slot;
    slot.y = y;
    read(sameColumns ? slot : source, y);
    if (!sameColumns) across(slot);
    return slot;
  };
  const inside = (y: number): number => Math.min(from.height - 1, Math.max(0, y));
  for (let y = 0; y < to.height; y++) {
    const first = rows.first[y]!;
    write(sameRows ? rowOf(y) : down(y, (k) => rowOf(inside(first + k))), y);
  }
}
