import { resamplePlane } from './resample';
import type { Box } from './picture';
import type { Plane, Size } from './raster';
import { CLEAR, SOLID } from './soft-band';

/** A matte of a part of a picture. */
export interface PlacedMatte {
  matte: Plane;
  /** The part, in pixels of the picture. */
  box: Box;
}

/** Longest side of the merged matte: finer ones cost more time than they show. */
const LONGEST = 2048;

/** Size at which every view shows what it has, but no finer than the picture. */
function mergedSize(first: Plane, picture: Size, views: readonly PlacedMatte[]): Size {
  const side = (key: 'width' | 'height'): number => {
    const finest = Math.max(...views.map(({ matte, box }) => (matte[key] * picture[key]) / box[key]));
    return Math.max(first[key], Math.round(Math.min(finest, picture[key], LONGEST)));
  };
  return { width: side('width'), height: side('height') };
}

/** Where each pixel's centre of the picture's plane lies on a view's axis: the pixel before it, and the share after. */
function places(count: number, picture: number, from: number, length: number, size: number) {
  const before = new Int32Array(count);
  const share = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const at = (((i + 0.5) * picture) / count - from) * (size / length) - 0.5;
    const inside = at >= -0.5 && at <= size - 0.5;
    const clamped = Math.min(size - 1, Math.max(0, at));
    before[i] = inside ? Math.min(size - 2, Math.floor(clamped)) : -1;
    share[i] = clamped - before[i]!;
  }
  return { before, share };
}

/** Adds a view to the sums of the soft pixels that lie within it. */
function addView(
  sums: Float32Array,
  counts: Uint8Array,
  { data, ...size }: Plane,
  picture: Size,
  view: PlacedMatte,
): void {
  const { matte, box } = view;
  const columns = places(size.width, picture.width, box.left, box.width, matte.width);
  const rows = places(size.height, picture.height, box.top, box.height, matte.height);
  for (let y = 0, i = 0; y < size.height; y++) {
    const upper = rows.before[y]! * matte.width;
    const down = rows.share[y]!;
    for (let x = 0; x < size.width; x++, i++) {
      const left = columns.before[x]!;
      if (data[i]! <= CLEAR || data[i]! >= SOLID || upper < 0 || left < 0) continue;
      const at = upper + left;
      const right = columns.share[x]!;
      const above = matte.data[at]! + right * (matte.data[at + 1]! - matte.data[at]!);
      const low = at + matte.width;
      const below = matte.data[low]! + right * (matte.data[low + 1]! - matte.data[low]!);
      sums[i]! += above + down * (below - above);
      counts[i]!++;
    }
  }
}

/**
 * The first matte, and where it is soft the mean of all views: what it is sure of stays, for a crop alone takes parts of
 * the background for the subject, and a mirrored picture adds ghosts of its own.
 */
export async function mergeViews(first: Plane, picture: Size, views: readonly PlacedMatte[]): Promise<Plane> {
  const { width, height } = mergedSize(first, picture, views);
  const plane = await resamplePlane(first, { width, height });
  const sums = Float32Array.from(plane.data);
  const counts = new Uint8Array(sums.length).fill(1);
  for (const view of views) addView(sums, counts, plane, picture, view);
  return { width, height, data: Buffer.from(sums.map((sum, i) => Math.round(sum / counts[i]!))) };
}
