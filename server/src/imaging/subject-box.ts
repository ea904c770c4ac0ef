import type { Box } from './picture';
import type { Size } from './raster';

/** Alpha from which a pixel belongs to the subject, 5 %: models leave a faint haze that is no subject. */
export const SUBJECT_ALPHA = 13;

/** The smallest box that holds every pixel of the subject, `null` when there is none. */
export function subjectBox(alpha: Buffer, { width, height }: Size): Box | null {
  const visible = (i: number): boolean => alpha[i]! >= SUBJECT_ALPHA;
  const inRow = (y: number, from: number, to: number): boolean => {
    for (let i = y * width + from, end = y * width + to; i < end; i++) if (visible(i)) return true;
    return false;
  };
  let top = 0;
  while (top < height && !inRow(top, 0, width)) top += 1;
  if (top === height) return null;
  let bottom = height - 1;
  while (!inRow(bottom, 0, width)) bottom -= 1;
  let left = width;
  let right = -1;
  for (let y = top; y <= bottom; y++) {
    const row = y * width;
    for (let x = 0; x < left; x++) if (visible(row + x)) left = x;
    for (let x = width - 1; x > right; x--) if (visible(row + x)) right = x;
  }
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}
