import { useState } from 'react';

export interface BrushSettings {
  /** Diameter in pixels of the picture that is worked on. */
  size: number;
  /** 0…1 */
  softness: number;
  /** Only over colours like those under its centre. */
  snaps: boolean;
}

export const LEAST_SIZE = 2;
export const MOST_SIZE = 400;
const STEP = 1.2;

export interface BrushControl {
  brush: BrushSettings;
  set: (changed: Partial<BrushSettings>) => void;
  larger: () => void;
  smaller: () => void;
}

export function useBrush(): BrushControl {
  const [brush, setBrush] = useState<BrushSettings>({ size: 40, softness: 0.3, snaps: false });
  const resize = (by: (size: number) => number) =>
    setBrush((before) => ({ ...before, size: Math.min(MOST_SIZE, Math.max(LEAST_SIZE, by(before.size))) }));
  return {
    brush,
    set: (changed) => setBrush((before) => ({ ...before, ...changed })),
    // A step of one pixel at least, or a small brush would stay as it is.
    larger: () => resize((size) => Math.max(size + 1, Math.round(size * STEP))),
    smaller: () => resize((size) => Math.min(size - 1, Math.round(size / STEP))),
  };
}
