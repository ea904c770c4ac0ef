/** Kinds of picture the service reads and writes. */
export type PictureKind = 'png' | 'jpeg' | 'webp' | 'bmp';

export const pictureKinds: Record<PictureKind, { mime: string; ext: string }> = {
  png: { mime: 'image/png', ext: '.png' },
  jpeg: { mime: 'image/jpeg', ext: '.jpg' },
  webp: { mime: 'image/webp', ext: '.webp' },
  bmp: { mime: 'image/bmp', ext: '.bmp' },
};

/** Bytes of the start, and of the end, that the questions below need. */
export const startBytes = 16;
export const endBytes = 12;

/** The kind of picture that starts with these bytes, by its signature alone. */
export function pictureKind(start: Uint8Array): PictureKind | null {
  const bytes = Buffer.from(start.buffer, start.byteOffset, start.byteLength);
  const text = (from: number, to: number) => bytes.toString('latin1', from, to);
  if (text(0, 8) === '\x89PNG\r\n\x1a\n') return 'png';
  if (text(0, 3) === '\xff\xd8\xff') return 'jpeg';
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return 'webp';
  if (text(0, 2) === 'BM') return 'bmp';
  return null;
}

/**
 * Whether a picture goes to its end, seen from its first and last bytes: PNG's IEND chunk, JPEG's end marker, and the
 * lengths that RIFF and BMP headers state. A cleanly ended answer can still be half a picture.
 */
export function isWhole(kind: PictureKind, start: Uint8Array, end: Uint8Array, length: number): boolean {
  const first = Buffer.from(start.buffer, start.byteOffset, start.byteLength);
  const last = Buffer.from(end.buffer, end.byteOffset, end.byteLength);
  switch (kind) {
    case 'png':
      return last.subarray(-8, -4).toString('latin1') === 'IEND';
    case 'jpeg':
      // Some encoders pad with zeros after the end marker.
      return last.toString('latin1').replace(/\0+$/, '').endsWith('\xff\xd9');
    case 'webp':
      return first.length >= 8 && length >= first.readUInt32LE(4) + 8;
    case 'bmp':
      // A stated length of 0 is allowed and says nothing.
      return first.length >= 6 && length >= first.readUInt32LE(2);
  }
}
