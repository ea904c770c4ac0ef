import { grown } from './grow';
import type { Plane } from './plane';

/** Below and above that a matte is as good as empty or full. */
const EMPTY = 5;
const FULL = 250;

/**
 * The pixels along the cutout's edge: where the matte is neither empty nor full, or changes from one pixel to the next,
 * and what lies within `radius` of that. 1 for a pixel of the band.
 */
export function edgeBand(matte: Plane, radius: number): Uint8Array {
  return grown(edges(matte), matte, radius);
}

function edges({ data, width, height }: Plane): Uint8Array {
  const found = new Uint8Array(data.length);
  const isIn = (index: number) => data[index]! >= 128;
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const at = row * width + column;
      const value = data[at]!;
      const turns =
        (column + 1 < width && isIn(at) !== isIn(at + 1)) || (row + 1 < height && isIn(at) !== isIn(at + width));
      if ((value > EMPTY && value < FULL) || turns) found[at] = 1;
    }
  }
  return found;
}
