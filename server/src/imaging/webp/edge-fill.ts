import type { Layer } from '../raster';

/**
 * Lossy WebP encodes colours in blocks: black beside the subject would ring and bleed into its edge. So the fully
 * transparent pixels of a block that also shows something take the mean colour of what it shows, as libwebp itself does
 * when it is given the alpha plane. In place; `clearHidden` undoes it.
 */
const BLOCK = 8;

export function fillEdgeBlocks({ width, height, rgb, alpha }: Layer): void {
  for (let top = 0; top < height; top += BLOCK) {
    const bottom = Math.min(top + BLOCK, height);
    for (let left = 0; left < width; left += BLOCK) {
      const right = Math.min(left + BLOCK, width);
      if (isMixed(alpha, width, left, top, right, bottom)) fillBlock(rgb, alpha, width, left, top, right, bottom);
    }
  }
}

/** Whether a block has both fully transparent and visible pixels. */
function isMixed(alpha: Buffer, width: number, left: number, top: number, right: number, bottom: number): boolean {
  const first = alpha[top * width + left] === 0;
  for (let y = top; y < bottom; y++) {
    const row = y * width;
    for (let i = row + left, end = row + right; i < end; i++) if ((alpha[i] === 0) !== first) return true;
  }
  return false;
}

function fillBlock(
  rgb: Buffer,
  alpha: Buffer,
  width: number,
  left: number,
  top: number,
  right: number,
  bottom: number,
): void {
  let r = 0;
  let g = 0;
  let b = 0;
  let weight = 0;
  for (let y = top; y < bottom; y++) {
    for (let i = y * width + left, p = i * 3, end = y * width + right; i < end; i++, p += 3) {
      const a = alpha[i]!;
      r += a * rgb[p]!;
      g += a * rgb[p + 1]!;
      b += a * rgb[p + 2]!;
      weight += a;
    }
  }
  const mean = [r, g, b].map((sum) => Math.round(sum / weight)) as [number, number, number];
  for (let y = top; y < bottom; y++) {
    for (let i = y * width + left, p = i * 3, end = y * width + right; i < end; i++, p += 3) {
      if (alpha[i] === 0) [rgb[p], rgb[p + 1], rgb[p + 2]] = mean;
    }
  }
}
