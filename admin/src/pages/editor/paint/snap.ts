import type { Size } from './plane';

/** How far a pixel, by its index, is one that the brush may touch: 0…1. */
export type Likeness = (index: number) => number;

/** Distances of colours, 0…441: up to the first a pixel is alike, from the second on it is another thing. */
const ALIKE = 30;
const OTHER = 60;

/**
 * Lets the brush spread over colours like those under its centre alone, so that it stops at an edge of the picture.
 * @param pixels red, green, blue and alpha of each pixel
 * @returns for a place in the picture what may be touched from there
 */
export function snapTo(pixels: Uint8ClampedArray, size: Size): (x: number, y: number) => Likeness {
  return (x, y) => {
    const [red, green, blue] = meanAround(pixels, size, Math.floor(x), Math.floor(y));
    return (index) => {
      const at = index * 4;
      const distance = Math.hypot(pixels[at]! - red, pixels[at + 1]! - green, pixels[at + 2]! - blue);
      return Math.min(1, Math.max(0, (OTHER - distance) / (OTHER - ALIKE)));
    };
  };
}

/** Of 3 × 3 pixels: a single one may be noise. */
function meanAround(pixels: Uint8ClampedArray, { width, height }: Size, x: number, y: number) {
  const sum: [number, number, number] = [0, 0, 0];
  let count = 0;
  for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row += 1) {
    for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column += 1) {
      const at = (row * width + column) * 4;
      for (const channel of [0, 1, 2] as const) sum[channel] += pixels[at + channel]!;
      count += 1;
    }
  }
  return sum.map((value) => value / Math.max(1, count)) as [number, number, number];
}
