/** BMP files built byte by byte, so that a test knows every pixel of theirs. */

export interface BmpSpec {
  width: number;
  height: number;
  bits: number;
  /** 12 and 16 or 64 are OS/2's headers, 40 and later Microsoft's. */
  headerBytes?: number;
  compression?: number;
  topDown?: boolean;
  /** Red, green, blue and, if named, alpha. */
  masks?: number[];
  /** RGB. */
  palette?: number[][];
  /** Bytes between the headers and the pixels that belong to neither. */
  gap?: number;
  /** Pixels' offset as the header says it, where that is not the truth. */
  offset?: number;
  /** Rows as they lie in the file, without padding; for packed pictures, the packed bytes alone. */
  rows: Uint8Array[] | Buffer;
}

export function bmpFile(spec: BmpSpec): Buffer {
  const { headerBytes = 40, compression = 0, palette = [], masks = [], gap = 0 } = spec;
  const core = headerBytes === 12;
  const masksBehind = headerBytes === 40 ? masks.length * 4 : 0;
  const entry = core ? 3 : 4;
  const paletteAt = 14 + headerBytes + masksBehind;
  const offset = paletteAt + palette.length * entry + gap;
  const head = Buffer.alloc(offset, 0xa5).fill(0, 0, 14 + headerBytes);
  head.write('BM', 'latin1');
  head.writeUInt32LE(spec.offset ?? offset, 10);
  head.writeUInt32LE(headerBytes, 14);
  if (core) {
    head.writeUInt16LE(spec.width, 18);
    head.writeUInt16LE(spec.height, 20);
    head.writeUInt16LE(1, 22);
    head.writeUInt16LE(spec.bits, 24);
  } else {
    head.writeInt32LE(spec.width, 18);
    head.writeInt32LE(spec.topDown ? -spec.height : spec.height, 22);
    head.writeUInt16LE(1, 26);
    head.writeUInt16LE(spec.bits, 28);
    if (headerBytes > 16) {
      head.writeUInt32LE(compression, 30);
      head.writeUInt32LE(palette.length, 46);
    }
  }
  for (const [i, mask] of masks.entries()) head.writeUInt32LE(mask >>> 0, 54 + i * 4);
  for (const [i, [r, g, b]] of palette.entries()) head.set([b!, g!, r!], paletteAt + i * entry);
  const pixels = Buffer.isBuffer(spec.rows) ? spec.rows : Buffer.concat(spec.rows.map(padded));
  const file = Buffer.concat([head, pixels]);
  file.writeUInt32LE(file.length, 2);
  return file;
}

function padded(row: Uint8Array): Buffer {
  return Buffer.concat([row, Buffer.alloc((4 - (row.length % 4)) % 4)]);
}

/** Rows of pixels of `bits` each, the leftmost in the highest bits of a byte; the bottom row first. */
export function packedRows(width: number, height: number, bits: number, value: (x: number, y: number) => number) {
  return Array.from({ length: height }, (_, row) => {
    const bytes = Buffer.alloc(Math.ceil((width * bits) / 8));
    for (let x = 0; x < width; x++) {
      const y = height - 1 - row;
      if (bits >= 16) bytes.writeUIntLE(value(x, y), (x * bits) / 8, bits / 8);
      else bytes[Math.floor((x * bits) / 8)]! |= value(x, y) << (8 - bits - ((x * bits) % 8));
    }
    return bytes;
  });
}
