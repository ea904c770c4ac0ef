import { readFile } from 'node:fs/promises';
import { decode } from 'bmp-ts';
import { CutoutError } from '../errors';
import type { Raster } from './raster';

/**
 * BMP, which libvips cannot read or write without ImageMagick. bmp-ts holds pixels as A, B, G, R; the alpha byte only
 * means something in a 32-bit file whose header names an alpha mask, and old writers leave it 0 throughout.
 */

export interface BmpFacts {
  width: number;
  height: number;
  hasAlpha: boolean;
  /** BMP has no EXIF, */
  orientation: 1;
  /** and none of the profiles of its version 5 header is found in practice. */
  deepProfile: false;
}

/** Compressions whose size says nothing of the pixels. */
const RLE8 = 1;
const RLE4 = 2;

/** Sides and alpha from the first bytes of a file (BITMAPINFOHEADER and later; a negative height is top-down). */
export function readBmpHeader(head: Buffer, fileBytes: number): BmpFacts {
  const headerSize = head.readUInt32LE(14);
  if (headerSize < 40 || head.length < 54) {
    throw new CutoutError('source.unsupported', 'BMP files of OS/2 (12-byte header) cannot be read.');
  }
  const width = head.readInt32LE(18);
  const height = Math.abs(head.readInt32LE(22));
  if (width <= 0 || height === 0) {
    throw new CutoutError('source.truncated', `The BMP header names impossible sides: ${width} × ${height}.`);
  }
  const bitsPerPixel = head.readUInt16LE(28);
  const packed = [RLE8, RLE4].includes(head.readUInt32LE(30));
  if (!packed && Math.ceil((width * bitsPerPixel) / 32) * 4 * height > fileBytes) {
    throw new CutoutError(
      'source.truncated',
      `The BMP header promises ${width} × ${height} pixels, the file has fewer.`,
    );
  }
  const hasAlpha = bitsPerPixel === 32 && alphaMask(head, headerSize) !== 0;
  return { width, height, hasAlpha, orientation: 1, deepProfile: false };
}

function alphaMask(head: Buffer, headerSize: number): number {
  return headerSize >= 56 && head.length >= 70 ? head.readUInt32LE(66) : 0;
}

export async function decodeBmp(path: string, hasAlpha: boolean): Promise<Raster> {
  const { width, height, data } = decode(await readFile(path));
  const pixels = width * height;
  const rgb = Buffer.allocUnsafe(pixels * 3);
  const alpha = hasAlpha ? Buffer.allocUnsafe(pixels) : null;
  let anyAlpha = 0;
  for (let i = 0, from = 0, to = 0; i < pixels; i++, from += 4, to += 3) {
    rgb[to] = data[from + 3]!;
    rgb[to + 1] = data[from + 2]!;
    rgb[to + 2] = data[from + 1]!;
    if (alpha) anyAlpha |= alpha[i] = data[from]!;
  }
  return { width, height, rgb, alpha: anyAlpha === 0 ? null : alpha };
}

const FILE_HEADER = 14;
const INFO_HEADER = 40;
/** 72 dpi, in pixels per metre. */
const RESOLUTION = 2835;

/** 24-bit bottom-up BMP (BITMAPINFOHEADER) of interleaved RGB. */
export function encodeBmp(rgb: Buffer, width: number, height: number): Buffer {
  const stride = Math.ceil((width * 3) / 4) * 4;
  const offset = FILE_HEADER + INFO_HEADER;
  const file = Buffer.alloc(offset + stride * height);
  file.write('BM', 0, 'latin1');
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(offset, 10);
  file.writeUInt32LE(INFO_HEADER, 14);
  file.writeInt32LE(width, 18);
  file.writeInt32LE(height, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(24, 28);
  file.writeUInt32LE(stride * height, 34);
  file.writeInt32LE(RESOLUTION, 38);
  file.writeInt32LE(RESOLUTION, 42);
  for (let y = 0; y < height; y++) {
    let to = offset + (height - 1 - y) * stride;
    for (let from = y * width * 3, end = from + width * 3; from < end; from += 3, to += 3) {
      file[to] = rgb[from + 2]!;
      file[to + 1] = rgb[from + 1]!;
      file[to + 2] = rgb[from]!;
    }
  }
  return file;
}
