import type { BmpLayout } from './header';

const END_OF_ROW = 0;
const END_OF_PICTURE = 1;
const MOVE = 2;

/**
 * Unpacks RLE8 or RLE4 to one index for each pixel, rows in the order of the file (Microsoft's "Bitmap Compression").
 * Pixels that are passed over have index 0, as most readers have it; what runs over a row's end is dropped.
 * @returns null when the packed bytes end before the picture does
 */
export function unpackRuns(
  packed: Buffer,
  layout: Pick<BmpLayout, 'width' | 'height' | 'bitsPerPixel'>,
): Buffer | null {
  const { width, height } = layout;
  const four = layout.bitsPerPixel === 4;
  const indices = Buffer.alloc(width * height);
  let [x, y, at] = [0, 0, 0];

  const put = (index: number): void => {
    if (x < width) indices[y * width + x] = index;
    x += 1;
  };
  /** Pixel `i` of a run whose bytes begin at `from`; two share a byte in RLE4, the left one its higher half. */
  const nibble = (byte: number, i: number): number => (four ? (i % 2 === 0 ? byte >> 4 : byte & 15) : byte);

  // A picture whose last row is full needs no mark of its end.
  while (y < height && !(y === height - 1 && x >= width)) {
    if (at + 2 > packed.length) return null;
    const [count, value] = [packed[at]!, packed[at + 1]!];
    at += 2;
    if (count > 0) {
      for (let i = 0; i < count && x < width; i++) put(nibble(value, i));
    } else if (value === END_OF_PICTURE) {
      return indices;
    } else if (value === END_OF_ROW) {
      x = 0;
      y += 1;
    } else if (value === MOVE) {
      if (at + 2 > packed.length) return null;
      x += packed[at]!;
      y += packed[at + 1]!;
      at += 2;
    } else {
      const bytes = four ? Math.ceil(value / 2) : value;
      if (at + bytes > packed.length) return null;
      for (let i = 0; i < value && x < width; i++) put(nibble(packed[at + (four ? i >> 1 : i)]!, i));
      // Written-out pixels are padded to 16 bits.
      at += bytes + (bytes % 2);
    }
  }
  return indices;
}
