import type { Plane } from './raster';

/** Alpha up to which a matte says "background", and from which it says "subject": the noise of a network's output. */
export const CLEAR = 2;
export const SOLID = 253;

const SEEN = 1;
const UNSEEN = 2;
const BOTH = SEEN | UNSEEN;

/**
 * ORs every mark with those up to `reach` away along one axis: `step` 1 for rows, the width for columns. Marks come in
 * wide areas, so that only where two neighbours differ is there anything to do.
 */
function spread(marks: Uint8Array, width: number, height: number, reach: number, axis: 'x' | 'y'): Uint8Array {
  const result = new Uint8Array(marks);
  const step = axis === 'x' ? 1 : width;
  const [columns, rows] = axis === 'x' ? [width - 1, height] : [width, height - 1];
  for (let y = 0; y < rows; y++)
    for (let i = y * width, end = i + columns; i < end; i++) {
      const here = marks[i]!;
      const next = marks[i + step]!;
      if (here === next) continue;
      const at = axis === 'x' ? i % width : y;
      const before = Math.min(reach, at + 1);
      const after = Math.min(reach, (axis === 'x' ? width : height) - 1 - at);
      for (let k = 0; k < before; k++) result[i - k * step]! |= next;
      for (let k = 1; k <= after; k++) result[i + k * step]! |= here;
    }
  return result;
}

/**
 * Where a matte is undecided: 1 for every pixel that is soft, or that has both background and subject within `reach`
 * pixels; 0 where all around is one or the other, so that nothing needs to be estimated there.
 */
export function softBand(matte: Plane, reach: number): Uint8Array {
  const { width, height, data } = matte;
  const marks = new Uint8Array(width * height);
  for (let i = 0; i < marks.length; i++) {
    const alpha = data[i]!;
    marks[i] = alpha <= CLEAR ? UNSEEN : alpha >= SOLID ? SEEN : BOTH;
  }
  const band = grow(marks, width, height, reach);
  for (let i = 0; i < band.length; i++) band[i] = band[i] === BOTH ? 1 : 0;
  return band;
}

/** Marks grown by `reach` pixels, as a square: each becomes the OR of all marks there. */
export function grow(marks: Uint8Array, width: number, height: number, reach: number): Uint8Array {
  return spread(spread(marks, width, height, reach, 'y'), width, height, reach, 'x');
}
