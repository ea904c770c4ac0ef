import { estimateColours, type Estimates } from './blur-fusion';
import type { Plane, Raster } from './raster';

function clamp(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : (value + 0.5) | 0;
}

/** Black where nothing is seen. */
function clearUnseen(rgb: Buffer, alpha: Buffer): Buffer {
  let from = -1;
  for (let i = 0; i < alpha.length; i++) {
    if (alpha[i] === 0) {
      if (from < 0) from = i;
    } else if (from >= 0) {
      rgb.fill(0, from * 3, i * 3);
      from = -1;
    }
  }
  return from >= 0 ? rgb.fill(0, from * 3) : rgb;
}

/** Copies the colours of everything that is seen at all; the rest of the new buffer stays black. */
function copySeen(rgb: Buffer, alpha: Buffer): Buffer {
  const copy = Buffer.alloc(rgb.length);
  let from = -1;
  for (let i = 0; i < alpha.length; i++) {
    if (alpha[i] !== 0) {
      if (from < 0) from = i;
    } else if (from >= 0) {
      rgb.copy(copy, from * 3, from * 3, i * 3);
      from = -1;
    }
  }
  if (from >= 0) rgb.copy(copy, from * 3, from * 3);
  return copy;
}

/** Replaces the colours of a soft pixel by the foreground's: the estimate, plus alpha times what the mix leaves over. */
function unmix(copy: Buffer, pixel: number, alpha: number, estimates: Float32Array, at: number): void {
  const a = alpha / 255;
  for (let c = 0; c < 3; c++) {
    const foreground = estimates[at + c]!;
    const background = estimates[at + 3 + c]!;
    const mixed = a * foreground + (1 - a) * background;
    copy[pixel * 3 + c] = clamp(foreground + a * (copy[pixel * 3 + c]! - mixed));
  }
}

function unmixCells(copy: Buffer, alpha: Plane, { grid, softCells, values }: Estimates): void {
  const { width, height, data } = alpha;
  for (let row = 0; row < grid.rows; row++)
    for (let column = 0; column < grid.columns; column++) {
      const cell = row * grid.columns + column;
      if (softCells[cell] === 0) continue;
      const right = Math.min(width, (column + 1) * grid.size);
      const bottom = Math.min(height, (row + 1) * grid.size);
      for (let y = row * grid.size; y < bottom; y++)
        for (let x = column * grid.size, i = y * width + x; x < right; x++, i++) {
          const a = data[i]!;
          if (a !== 0 && a !== 255) unmix(copy, i, a, values, cell * 6);
        }
    }
}

/**
 * The picture's colours without those of its old background, which otherwise shine as a halo on a new one: in the soft
 * band (0 < alpha < 255) they are replaced by estimated foreground colours, opaque pixels stay as they are, and where
 * alpha is 0 they are black.
 * @param inPlace the picture's own colours are written over
 * @returns interleaved RGB, a new buffer unless `inPlace`
 */
export async function decontaminate(raster: Raster, alpha: Plane, inPlace = false): Promise<Buffer> {
  const estimates = estimateColours(raster, alpha);
  const copy = inPlace ? clearUnseen(raster.rgb, alpha.data) : copySeen(raster.rgb, alpha.data);
  if (estimates) unmixCells(copy, alpha, estimates);
  return copy;
}
