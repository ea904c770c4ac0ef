import { isEmpty, NOTHING, type Plane, type Rect, union, within } from './plane';
import type { Likeness } from './snap';

export interface Brush {
  kind: 'erase' | 'restore';
  /** Diameter in pixels of the picture. */
  size: number;
  /** 0…1: the share of its radius over which it fades. */
  softness: number;
}

export interface Point {
  x: number;
  y: number;
  /** 0…1: of a pen; 1 of all else. */
  pressure: number;
}

/** A stroke under way: what the matte was before it, and what it covers. */
export interface Stroke {
  readonly before: Uint8Array;
  /** All that it has touched. */
  readonly touched: Rect;
  /** Draws on to a point. @returns what has changed */
  to(point: Point): Rect;
}

/** Share of the radius between two dabs: close enough that their edges make a line. */
const SPACING = 0.25;
/** What the lightest touch of a pen leaves of the size. */
const LEAST_PRESSURE = 0.15;

/**
 * Paints on a matte. A place that a stroke passes twice is touched as at its strongest pass, so that soft edges stay soft.
 * @param snap for the centre of a dab what it may touch; null where it may touch all
 */
export function beginStroke(plane: Plane, brush: Brush, snap: ((x: number, y: number) => Likeness) | null): Stroke {
  const before = plane.data.slice();
  const cover = new Uint8Array(before.length);
  let touched = NOTHING;
  let last: Point | null = null;

  const dab = ({ x, y, pressure }: Point): Rect => {
    const radius = radiusOf(brush, pressure);
    const reach = Math.ceil(radius + 1);
    const around = { left: Math.floor(x) - reach, top: Math.floor(y) - reach };
    const box = { ...around, right: Math.ceil(x) + reach, bottom: Math.ceil(y) + reach };
    const rect = within(box, plane);
    if (isEmpty(rect)) return NOTHING;
    const allows = snap?.(x, y);
    const fade = Math.max(1, brush.softness * radius);
    for (let row = rect.top; row < rect.bottom; row += 1) {
      for (let column = rect.left; column < rect.right; column += 1) {
        const distance = Math.hypot(column + 0.5 - x, row + 0.5 - y);
        const strength = Math.min(1, (radius - distance + 0.5) / fade);
        if (strength <= 0) continue;
        const index = row * plane.width + column;
        const covered = Math.round(255 * strength * (allows ? allows(index) : 1));
        if (covered <= cover[index]!) continue;
        cover[index] = covered;
        plane.data[index] = painted(brush.kind, before[index]!, covered);
      }
    }
    return rect;
  };

  return {
    before,
    get touched() {
      return touched;
    },
    to(point) {
      const drawn = between(last, point, Math.max(1, radiusOf(brush, point.pressure) * SPACING)).map(dab);
      last = point;
      const changed = drawn.reduce(union, NOTHING);
      touched = union(touched, changed);
      return changed;
    },
  };
}

const radiusOf = ({ size }: Brush, pressure: number): number =>
  Math.max(0.5, (size / 2) * Math.max(LEAST_PRESSURE, pressure));

const painted = (kind: Brush['kind'], value: number, covered: number): number =>
  Math.round(kind === 'erase' ? (value * (255 - covered)) / 255 : value + ((255 - value) * covered) / 255);

/** The places of the dabs from the last point to this one, without the last itself. */
function between(from: Point | null, to: Point, step: number): Point[] {
  if (!from) return [to];
  const count = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / step));
  const mixed = (a: number, b: number, share: number) => a + (b - a) * share;
  return Array.from({ length: count }, (_, at) => {
    const share = (at + 1) / count;
    return {
      x: mixed(from.x, to.x, share),
      y: mixed(from.y, to.y, share),
      pressure: mixed(from.pressure, to.pressure, share),
    };
  });
}
