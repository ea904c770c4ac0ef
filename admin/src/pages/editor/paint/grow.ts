import type { Size } from './plane';

/** What lies within `radius` pixels, along rows and columns, of a pixel that is set. 1 for each of them. */
export function grown(from: Uint8Array, { width, height }: Size, radius: number): Uint8Array {
  const across = spread(from, { lines: height, length: width, step: 1, stride: width }, radius);
  return spread(across, { lines: width, length: height, step: width, stride: 1 }, radius);
}

interface Lines {
  lines: number;
  length: number;
  /** From one pixel of a line to its next, and from one line to the next. */
  step: number;
  stride: number;
}

/** Along each line, whatever lies within `radius` of a pixel that is set; by a count that slides along. */
function spread(from: Uint8Array, { lines, length, step, stride }: Lines, radius: number): Uint8Array {
  const to = new Uint8Array(from.length);
  for (let line = 0; line < lines; line += 1) {
    const start = line * stride;
    let count = 0;
    for (let at = 0; at < Math.min(radius, length); at += 1) count += from[start + at * step]!;
    for (let at = 0; at < length; at += 1) {
      if (at + radius < length) count += from[start + (at + radius) * step]!;
      if (at - radius - 1 >= 0) count -= from[start + (at - radius - 1) * step]!;
      if (count > 0) to[start + at * step] = 1;
    }
  }
  return to;
}
