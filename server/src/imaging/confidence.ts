import type { Box } from './picture';
import type { Plane } from './raster';

export interface Assessment {
  /** 0…1. */
  confidence: number;
  /** Box of all that is seen, in pixels of the plane; null for an empty matte. */
  subject: Box | null;
  /** Centre of the subject's mass in per cent of width and height; null for an empty matte. */
  focalPoint: { x: number; y: number } | null;
}

/** Alpha (5 %) from which a pixel counts as seen. */
const SEEN = 13;
/** Shares of the frame under and over which a matte looks like nothing found, or nothing removed. */
const HARDLY_ANYTHING = 0.005;
const NEARLY_ALL = 0.95;
/** A matte that fills the frame may be right: a close-up. */
const FULL_FRAME = 0.3;
/** Longer side of the grid on which fragments are counted. */
const GRID_SIDE = 128;

interface Measures {
  /** Sum of alpha, in whole pixels. */
  mass: number;
  /** Sum of 2 · min(alpha, 1 − alpha): 0 for a clear-cut matte, the mass itself for one of alpha 0.5 and less. */
  undecided: number;
  centre: { x: number; y: number };
  box: Box | null;
}

function measure({ width, height, data }: Plane): Measures {
  let [mass, undecided, sumX, sumY] = [0, 0, 0, 0];
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let y = 0, i = 0; y < height; y++) {
    let rowMass = 0;
    for (let x = 0; x < width; x++, i++) {
      const alpha = data[i]!;
      if (alpha === 0) continue;
      rowMass += alpha;
      sumX += alpha * x;
      undecided += alpha < 128 ? 2 * alpha : 510 - 2 * alpha;
      if (alpha < SEEN) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
    mass += rowMass;
    sumY += rowMass * y;
  }
  return {
    mass: mass / 255,
    undecided: undecided / 255,
    centre: { x: sumX / mass + 0.5, y: sumY / mass + 0.5 },
    box: right < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 },
  };
}

/** Mass by cell of a coarse grid. */
function coarse({ width, height, data }: Plane): { columns: number; rows: number; mass: Float64Array; full: number } {
  const cell = Math.max(1, Math.ceil(Math.max(width, height) / GRID_SIDE));
  const columns = Math.ceil(width / cell);
  const rows = Math.ceil(height / cell);
  const mass = new Float64Array(columns * rows);
  for (let y = 0; y < height; y++)
    for (let column = 0, x = 0; column < columns; column++) {
      let sum = 0;
      for (const end = Math.min(width, x + cell); x < end; x++) sum += data[y * width + x]!;
      mass[Math.floor(y / cell) * columns + column]! += sum;
    }
  return { columns, rows, mass, full: 255 * cell * cell };
}

/** Share of the mass that is not connected with the largest piece; cells of a tenth of full alpha connect. */
function looseShare(plane: Plane): number {
  const { columns, rows, mass, full } = coarse(plane);
  const open = Uint8Array.from(mass, (value) => (value >= full / 10 ? 1 : 0));
  let total = 0;
  let largest = 0;
  const stack: number[] = [];
  for (let start = 0; start < open.length; start++) {
    if (open[start] === 0) continue;
    let piece = 0;
    open[start] = 0;
    stack.push(start);
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      piece += mass[at]!;
      const x = at % columns;
      const y = (at - x) / columns;
      for (let row = Math.max(0, y - 1); row <= Math.min(rows - 1, y + 1); row++)
        for (let column = Math.max(0, x - 1); column <= Math.min(columns - 1, x + 1); column++) {
          const next = row * columns + column;
          if (open[next] === 0) continue;
          open[next] = 0;
          stack.push(next);
        }
    }
    total += piece;
    largest = Math.max(largest, piece);
  }
  return total === 0 ? 0 : 1 - largest / total;
}

/** 1 for a subject of usual size, down to 0 for an empty frame and FULL_FRAME for a full one. */
function sizeFactor(share: number): number {
  if (share < HARDLY_ANYTHING) return share / HARDLY_ANYTHING;
  if (share <= NEARLY_ALL) return 1;
  return 1 - ((1 - FULL_FRAME) * (share - NEARLY_ALL)) / (1 - NEARLY_ALL);
}

/** Percent with one decimal. */
function percent(part: number, whole: number): number {
  return Math.round((1000 * part) / whole) / 10;
}

/**
 * How sure a matte looks, where its subject is, and where to look at it. No truth is known here, so it is a rule of
 * thumb of what goes wrong with mattes:
 *
 *   confidence = (1 − undecided / mass) · (1 − loose / 2) · size
 *
 * `undecided / mass` is the share of alpha that is neither 0 nor 1 (a network that hesitates), `loose` the share of
 * mass apart from the largest piece (crumbs of the background; halved, since two subjects are no fault), and `size` falls
 * to 0 for an empty and to 0.3 for a full frame.
 */
export function assess(matte: Plane): Assessment {
  const { mass, undecided, centre, box } = measure(matte);
  if (!box) return { confidence: 0, subject: null, focalPoint: null };
  const { width, height } = matte;
  const confidence =
    (1 - Math.min(1, undecided / mass)) * (1 - looseShare(matte) / 2) * sizeFactor(mass / (width * height));
  return {
    confidence: Math.round(confidence * 1000) / 1000,
    subject: box,
    focalPoint: { x: percent(centre.x, width), y: percent(centre.y, height) },
  };
}
