import { decode as decodeBmp } from 'bmp-ts';
import sharp from 'sharp';

/** Straight 8-bit RGBA, top row first. */
export interface Rgba {
  data: Buffer;
  width: number;
  height: number;
}

const isBmp = (bytes: Buffer) => bytes.length > 26 && bytes.toString('latin1', 0, 2) === 'BM';

/** Width and height as stored, or `null` when the bytes are none of webp, bmp, png and jpeg. */
export async function sniff(bytes: Buffer): Promise<{ width: number; height: number } | null> {
  if (isBmp(bytes)) return { width: bytes.readInt32LE(18), height: Math.abs(bytes.readInt32LE(22)) };
  try {
    const { format, width, height } = await sharp(bytes, { limitInputPixels: false }).metadata();
    return ['webp', 'png', 'jpeg'].includes(format) ? { width, height } : null;
  } catch {
    return null;
  }
}

/** Decodes an upload, turned upright by its EXIF orientation. */
export async function decode(bytes: Buffer): Promise<Rgba> {
  if (isBmp(bytes)) {
    const { data, width, height } = decodeBmp(bytes, { toRGBA: true });
    // bmp-ts leaves alpha 0 for pictures without an alpha channel.
    for (let i = 3; i < data.length; i += 4) data[i] = 255;
    return { data, width, height };
  }
  const { data, info } = await sharp(bytes)
    .autoOrient()
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}
