import type { BmpLayout } from './header';

/** Writes one row of a file as RGB from pixel `to` on, and its alpha where the picture has some. */
type ReadRow = (row: Buffer, to: number, rgb: Buffer, alpha: Buffer | null) => void;

/** Reads rows of this layout; those of a packed picture are unpacked to a byte for each pixel. */
export function rowReader(layout: BmpLayout, colors: Buffer): ReadRow {
  const { bitsPerPixel, packing, width } = layout;
  if (bitsPerPixel <= 8) return indexedRows(width, packing === 'none' ? bitsPerPixel : 8, paletteOf(layout, colors));
  if (bitsPerPixel === 24) return plainRows(width);
  return maskedRows(layout);
}

/** RGB of every index that a pixel can name; black where the file has no color for it. */
function paletteOf({ palette: { entryBytes } }: BmpLayout, colors: Buffer): Buffer {
  const rgb = Buffer.alloc(256 * 3);
  const entries = Math.floor(colors.length / entryBytes);
  for (let i = 0; i < entries; i++) {
    const from = i * entryBytes;
    rgb[i * 3] = colors[from + 2]!;
    rgb[i * 3 + 1] = colors[from + 1]!;
    rgb[i * 3 + 2] = colors[from]!;
  }
  return rgb;
}

function indexedRows(width: number, bits: number, palette: Buffer): ReadRow {
  const perByte = 8 / bits;
  const mask = 2 ** bits - 1;
  return (row, to, rgb) => {
    for (let x = 0, out = to * 3; x < width; x++, out += 3) {
      // The leftmost pixel lies in the highest bits.
      const shift = 8 - bits - (x % perByte) * bits;
      const from = ((row[Math.floor(x / perByte)]! >> shift) & mask) * 3;
      rgb[out] = palette[from]!;
      rgb[out + 1] = palette[from + 1]!;
      rgb[out + 2] = palette[from + 2]!;
    }
  };
}

function plainRows(width: number): ReadRow {
  return (row, to, rgb) => {
    for (let from = 0, out = to * 3, end = width * 3; from < end; from += 3, out += 3) {
      rgb[out] = row[from + 2]!;
      rgb[out + 1] = row[from + 1]!;
      rgb[out + 2] = row[from]!;
    }
  };
}

function maskedRows({ width, bitsPerPixel, masks }: BmpLayout): ReadRow {
  const [red, green, blue, opacity] = masks.map(channelReader) as [Channel, Channel, Channel, Channel];
  const step = bitsPerPixel / 8;
  return (row, to, rgb, alpha) => {
    for (let x = 0, from = 0; x < width; x++, from += step) {
      const pixel = step === 2 ? row.readUInt16LE(from) : row.readUInt32LE(from);
      const out = (to + x) * 3;
      rgb[out] = red(pixel);
      rgb[out + 1] = green(pixel);
      rgb[out + 2] = blue(pixel);
      if (alpha) alpha[to + x] = opacity(pixel);
    }
  };
}

type Channel = (pixel: number) => number;

/** The value under a mask, stretched to 8 bits: its largest is 255, rounded in between. */
function channelReader(mask: number): Channel {
  if (mask === 0) return () => 0;
  const shift = 31 - Math.clz32(mask & -mask);
  const most = mask >>> shift;
  return (pixel) => Math.round((((pixel & mask) >>> shift) * 255) / most);
}
