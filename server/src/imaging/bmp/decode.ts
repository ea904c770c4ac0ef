import { open, type FileHandle } from 'node:fs/promises';
import { CutoutError } from '../../errors';
import type { Raster } from '../raster';
import { BMP_HEADER_BYTES, readBmpLayout, strideOf, type BmpLayout } from './header';
import { rowReader } from './rows';
import { unpackRuns } from './run-length';

/**
 * BMP, which libvips cannot read without ImageMagick. Every read is bounded by what the checked header promises: rows
 * are read some at a time, and a packed picture's bytes are no more than the file has.
 */

const NO_MORE = { orientation: 1, deepProfile: false, passes: 1, interlaced: false } as const;

export interface BmpFacts {
  width: number;
  height: number;
  hasAlpha: boolean;
  /** BMP has no EXIF, */
  orientation: 1;
  /** and none of the profiles of its version 5 header is found in practice. */
  deepProfile: false;
  passes: 1;
  interlaced: false;
}

/** Sides and alpha from the first bytes of a file. */
export function readBmpHeader(start: Buffer, fileBytes: number): BmpFacts {
  const { width, height, masks } = readBmpLayout(start, fileBytes);
  return { width, height, hasAlpha: masks[3] !== 0, ...NO_MORE };
}

const ROWS_AT_ONCE_BYTES = 4 * 1024 * 1024;
/** A run of one pixel takes two bytes, and each row one mark of two; longer is not sensible for any picture. */
const MOST_BYTES_PER_PACKED_PIXEL = 4;

/** @throws CutoutError `source.truncated` when the pixels end early, and what the header is refused for */
export async function decodeBmp(path: string): Promise<Raster> {
  const file = await open(path, 'r');
  try {
    const start = await readAt(file, 0, BMP_HEADER_BYTES);
    const layout = readBmpLayout(start, (await file.stat()).size);
    const { width, height, topDown, palette } = layout;
    const colors = await readAt(file, palette.at, palette.entries * palette.entryBytes);
    const rgb = Buffer.allocUnsafe(width * height * 3);
    const alpha = layout.masks[3] === 0 ? null : Buffer.allocUnsafe(width * height);
    const readRow = rowReader(layout, colors);
    let row = 0;
    for await (const bytes of rowsOf(file, layout)) {
      readRow(bytes, (topDown ? row : height - 1 - row) * width, rgb, alpha);
      row += 1;
    }
    // Old writers leave the alpha byte 0 throughout.
    return { width, height, rgb, alpha: alpha?.some((value) => value !== 0) ? alpha : null };
  } finally {
    await file.close();
  }
}

/** The rows in the order of the file, unpacked. */
async function* rowsOf(file: FileHandle, layout: BmpLayout): AsyncGenerator<Buffer> {
  const { height, pixelsAt, fileBytes } = layout;
  const stride = strideOf(layout);
  if (layout.packing === 'run-length') {
    const most = layout.width * height * MOST_BYTES_PER_PACKED_PIXEL + height * 2 + 2;
    const packed = await readAt(file, pixelsAt, Math.min(fileBytes - pixelsAt, most));
    const indices = unpackRuns(packed, layout);
    if (indices === null) throw endsEarly();
    for (let row = 0; row < height; row++) yield indices.subarray(row * layout.width, (row + 1) * layout.width);
    return;
  }
  const atOnce = Math.max(1, Math.floor(ROWS_AT_ONCE_BYTES / stride));
  for (let first = 0; first < height; first += atOnce) {
    const rows = Math.min(atOnce, height - first);
    const bytes = await readAt(file, pixelsAt + first * stride, rows * stride);
    // The last row's padding may be missing; anything more is not there since the header was checked.
    if (bytes.length < (rows - 1) * stride + Math.ceil((layout.width * layout.bitsPerPixel) / 8)) throw endsEarly();
    for (let row = 0; row < rows; row++) yield bytes.subarray(row * stride, (row + 1) * stride);
  }
}

async function readAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(Math.max(0, length));
  let read = 0;
  while (read < bytes.length) {
    const { bytesRead } = await file.read(bytes, read, bytes.length - read, at + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return bytes.subarray(0, read);
}

const endsEarly = () =>
  new CutoutError('source.truncated', 'The BMP picture ends before its last pixel; save it anew and upload it again.');
