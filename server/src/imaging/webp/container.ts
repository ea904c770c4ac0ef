import { CutoutError } from '../../errors';

export interface WebpParts {
  /** A lossy WebP file without alpha. */
  colors: Buffer;
  /** The content of an ALPH chunk. */
  alpha: Buffer;
  /** An ICC profile. */
  profile: Buffer | null;
}

/** Puts them into one WebP file (extended format, RFC 9649). */
export function joinWebp({ colors: lossy, alpha, profile }: WebpParts, width: number, height: number): Buffer {
  const canvas = Buffer.alloc(10);
  const colors = payload(lossy, 'VP8 ');
  if (!colors) throw new CutoutError('worker.failed', 'The WebP encoder wrote no "VP8" chunk.');
  canvas.writeUInt32LE(HAS_ALPHA | (profile ? HAS_PROFILE : 0), 0);
  canvas.writeUIntLE(width - 1, 4, 3);
  canvas.writeUIntLE(height - 1, 7, 3);
  const body = Buffer.concat([
    Buffer.from('WEBP'),
    chunk('VP8X', canvas),
    ...(profile ? [chunk('ICCP', profile)] : []),
    chunk('ALPH', alpha),
    chunk('VP8 ', colors),
  ]);
  const header = Buffer.alloc(8, 'RIFF');
  header.writeUInt32LE(body.length, 4);
  return Buffer.concat([header, body]);
}

/** The ICC profile of a WebP file; null when it has none. */
export const profileOf = (file: Buffer): Buffer | null => payload(file, 'ICCP');

const HAS_ALPHA = 0x10;
const HAS_PROFILE = 0x20;

function chunk(name: string, data: Buffer): Buffer {
  const header = Buffer.alloc(8, name);
  header.writeUInt32LE(data.length, 4);
  return Buffer.concat([header, data, Buffer.alloc(data.length % 2)]);
}

/** The content of the first chunk of that name in a RIFF file; null when there is none. */
function payload(file: Buffer, name: string): Buffer | null {
  for (let at = 12; at + 8 <= file.length;) {
    const length = file.readUInt32LE(at + 4);
    if (file.toString('latin1', at, at + 4) === name) return file.subarray(at + 8, at + 8 + length);
    at += 8 + length + (length % 2);
  }
  return null;
}
