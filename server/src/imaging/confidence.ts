import type { Box } from '../pool/contract';
import type { Plane } from './raster';

export interface Assessment {
  confidence: number;
  subject: Box | null;
  focalPoint: { x: number; y: number } | null;
}

/** Alpha from which a pixel belongs to the subject when its box is measured. */
const SUBJECT_ALPHA = 13;

export function assess(matte: Plane): Assessment {
  const { width, height, data } = matte;
  let mass = 0,
    sumX = 0,
    sumY = 0,
    undecided = 0;
  let left = width,
    top = height,
    right = -1,
    bottom = -1;
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      const a = data[i]!;
      if (a < SUBJECT_ALPHA) continue;
      mass += a;
      sumX += a * x;
      sumY += a * y;
      if (a < 242) undecided++;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
  if (right < 0) return { confidence: 0, subject: null, focalPoint: null };
  const share = mass / (255 * width * height);
  return {
    confidence: Math.max(0, 1 - undecided / (width * height * share)) * (share > 0.98 ? 0.3 : 1),
    subject: { left, top, width: right - left + 1, height: bottom - top + 1 },
    focalPoint: { x: (100 * (sumX / mass + 0.5)) / width, y: (100 * (sumY / mass + 0.5)) / height },
  };
}
