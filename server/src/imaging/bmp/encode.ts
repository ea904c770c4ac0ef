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
