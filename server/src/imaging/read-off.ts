import { LINE } from './guided-filter';
import type { Plane, Raster } from './raster';
import { CLEAR, SOLID } from './soft-band';

/** First full-size pixel whose left neighbour on the small plane is `i`; one entry more marks the border. */
function cellStarts(small: number, full: number): Int32Array {
  const starts = new Int32Array(small + 1);
  for (let i = 0; i < small; i++) starts[i] = Math.min(full, Math.ceil(((i + 0.5) * full) / small - 0.5));
  starts[small] = full;
  return starts;
}

/** Small-plane pixels `from`…`to` (exclusive) whose cells are all of one kind. */
interface Run {
  from: number;
  to: number;
  kind: 'clear' | 'solid' | 'soft';
}

/**
 * What lies between two rows of the small plane, as runs of cells. Cell `i` reaches from pixel `i` to `i + 1`; cell −1
 * is the half pixel before the first. It is soft when one of its corners is in the band.
 */
function runsBetween(upper: number, lower: number, small: Plane, band: Uint8Array): Run[] {
  const runs: Run[] = [];
  let previous = band[upper]! | band[lower]!;
  for (let i = -1; i < small.width; i++) {
    const next = i + 1 < small.width ? band[upper + i + 1]! | band[lower + i + 1]! : previous;
    const kind = (previous | next) !== 0 ? 'soft' : small.data[upper + Math.max(0, i)]! < 128 ? 'clear' : 'solid';
    const last = runs.at(-1);
    if (last?.kind === kind) last.to = i + 1;
    else runs.push({ from: i, to: i + 1, kind });
    previous = next;
  }
  return runs;
}

/** The functions of one full-size row for the pixels around a run of cells, between two rows of the small plane. */
function interpolate(
  row: Float32Array,
  lines: Float32Array,
  upper: number,
  lower: number,
  share: number,
  run: Run,
): void {
  const first = Math.max(0, run.from) * LINE;
  const end = Math.min(row.length, (run.to + 1) * LINE);
  const [up, low] = [upper * LINE, lower * LINE];
  for (let k = first; k < end; k++) row[k] = lines[up + k]! + share * (lines[low + k]! - lines[up + k]!);
}

/** Alpha of the pixels `from`…`to` of one row, whose functions run from the small plane's pixel `here` to `next`. */
function readCell(
  data: Buffer,
  rgb: Buffer,
  from: number,
  to: number,
  lines: Float32Array,
  here: number,
  next: number,
  start: number,
  step: number,
): void {
  const [a, b] = [here * LINE, next * LINE];
  const redStep = lines[b]! - lines[a]!;
  const greenStep = lines[b + 1]! - lines[a + 1]!;
  const blueStep = lines[b + 2]! - lines[a + 2]!;
  const offsetStep = lines[b + 3]! - lines[a + 3]!;
  let red = lines[a]! + start * redStep;
  let green = lines[a + 1]! + start * greenStep;
  let blue = lines[a + 2]! + start * blueStep;
  let offset = lines[a + 3]! + start * offsetStep + 0.5;
  for (let at = from, p = from * 3; at < to; at++, p += 3) {
    const alpha = red * rgb[p]! + green * rgb[p + 1]! + blue * rgb[p + 2]! + offset;
    // What is as good as clear or solid becomes it: the picture's grain shows there as specks.
    data[at] = alpha < CLEAR + 1 ? 0 : alpha >= SOLID ? 255 : alpha | 0;
    red += redStep * step;
    green += greenStep * step;
    blue += blueStep * step;
    offset += offsetStep * step;
  }
}

/**
 * Alpha at the picture's size, read off the functions of `guide`, which are interpolated (bilinear) between the small
 * plane's pixels. Cells without any band are filled with their constant.
 */
export function readOff(lines: Float32Array, small: Plane, band: Uint8Array, raster: Raster): Plane {
  const { width: columns, height: rows } = small;
  const { width, height, rgb } = raster;
  const starts = cellStarts(columns, width);
  const step = columns / width;
  const data = Buffer.alloc(width * height);
  const row = new Float32Array(columns * LINE);
  let above = -1;
  let runs: Run[] = [];

  for (let y = 0; y < height; y++) {
    const v = Math.min(rows - 1, Math.max(0, ((y + 0.5) * rows) / height - 0.5));
    const upper = Math.floor(v) * columns;
    const lower = Math.min(rows - 1, Math.floor(v) + 1) * columns;
    if (upper !== above) runs = runsBetween(upper, lower, small, band);
    above = upper;
    const base = y * width;
    for (const run of runs) {
      const from = run.from < 0 ? 0 : starts[run.from]!;
      if (run.kind === 'solid') data.fill(255, base + from, base + starts[run.to]!);
      if (run.kind !== 'soft') continue;
      interpolate(row, lines, upper, lower, v - Math.floor(v), run);
      for (let i = run.from; i < run.to; i++) {
        const [x, end] = [i < 0 ? 0 : starts[i]!, starts[i + 1]!];
        const ends = [Math.max(0, i), Math.min(columns - 1, i + 1)] as const;
        readCell(data, rgb, base + x, base + end, row, ends[0], ends[1], (x + 0.5) * step - 0.5 - i, step);
      }
    }
  }
  return { width, height, data };
}
