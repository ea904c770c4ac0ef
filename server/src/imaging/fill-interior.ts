import type { Plane } from './raster';
import { SOLID } from './soft-band';

/** Side of a cell in pixels: distances need not be finer. */
const CELL = 4;
/** What is less, the model is sure of: a hole. Distances are measured from there. */
const HALF = 128;
/** Glass is clearer than this; a veil, which is filled from here on, altogether by the second, hardly ever is. */
const VEIL = 224;
const THIN_VEIL = 242;
/** As shares of the longer side: up to the first distance from the next such pixel alpha stays, from the second on it is 255. */
const NEAR = 1 / 128;
const FAR = 3 / 128;

interface Grid {
  columns: number;
  rows: number;
  values: Float32Array;
}

/** 0 for each cell with a pixel below one half, else Infinity. */
function openCells({ width, height, data }: Plane): Grid {
  const columns = Math.ceil(width / CELL);
  const rows = Math.ceil(height / CELL);
  const values = new Float32Array(columns * rows).fill(Infinity);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / CELL) * columns;
    for (let column = 0, i = y * width; column < columns; column++) {
      const end = y * width + Math.min(width, (column + 1) * CELL);
      for (; i < end; i++) if (data[i]! < HALF) values[row + column] = 0;
    }
  }
  return { columns, rows, values };
}

/** Each cell's distance in cells from the next open one, to within 8 % (3-4 chamfer, G. Borgefors, CVGIP 34, 1986). */
function measureDistances({ columns, rows, values }: Grid): void {
  const [straight, slanted] = [1, 4 / 3];
  const pass = (at: number, x: number, y: number, way: 1 | -1) => {
    const [edge, first] = way > 0 ? [0, 0] : [columns - 1, rows - 1];
    const far = way > 0 ? columns - 1 : 0;
    let least = values[at]!;
    if (x !== edge) least = Math.min(least, values[at - way]! + straight);
    if (y !== first) {
      const above = at - way * columns;
      least = Math.min(least, values[above]! + straight);
      if (x !== edge) least = Math.min(least, values[above - way]! + slanted);
      if (x !== far) least = Math.min(least, values[above + way]! + slanted);
    }
    values[at] = least;
  };
  for (let y = 0, at = 0; y < rows; y++) for (let x = 0; x < columns; x++, at++) pass(at, x, y, 1);
  for (let y = rows - 1, at = values.length - 1; y >= 0; y--)
    for (let x = columns - 1; x >= 0; x--, at--) pass(at, x, y, -1);
}

/** The distance at a pixel, in pixels, between the middles of the four cells around it. */
function distanceAt({ columns, rows, values }: Grid, x: number, y: number): number {
  const u = Math.min(columns - 1, Math.max(0, (x + 0.5) / CELL - 0.5));
  const v = Math.min(rows - 1, Math.max(0, (y + 0.5) / CELL - 0.5));
  const [left, top] = [Math.floor(u), Math.floor(v)];
  const at = top * columns + left;
  const right = left + 1 < columns ? at + 1 : at;
  const below = top + 1 < rows ? columns : 0;
  const upper = values[at]! + (u - left) * (values[right]! - values[at]!);
  const lower = values[at + below]! + (u - left) * (values[right + below]! - values[at + below]!);
  return CELL * (upper + (v - top) * (lower - upper));
}

/**
 * A network's matte without the veil that it leaves on a subject's inside: what is nearly opaque, far from all that is
 * not even half of it, is the subject. Measured in tests/bench/EDGES.md.
 */
export function fillInterior(matte: Plane): Plane {
  const { width, height, data } = matte;
  const grid = openCells(matte);
  // Without any background there is no inside to tell from it.
  if (!grid.values.includes(0)) return matte;
  measureDistances(grid);
  const side = Math.max(width, height);
  const [near, range] = [NEAR * side, (FAR - NEAR) * side];
  const filled = Buffer.from(data);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      const alpha = data[i]!;
      if (alpha < VEIL || alpha >= SOLID) continue;
      const inside = Math.min(1, (distanceAt(grid, x, y) - near) / range);
      const veil = Math.min(1, (alpha - VEIL) / (THIN_VEIL - VEIL));
      if (inside > 0) filled[i] = Math.round(alpha + inside * veil * (255 - alpha));
    }
  return { width, height, data: filled };
}
