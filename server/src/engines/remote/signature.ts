import { kindOf, MIME_TYPES } from '../../imaging/signature';

/** Kinds of picture the service reads and writes. */
export const pictureKindNames = ['png', 'jpeg', 'webp', 'bmp'] as const;
export type PictureKind = (typeof pictureKindNames)[number];

export const pictureKinds: Record<PictureKind, { mime: string; ext: string }> = {
  png: { mime: MIME_TYPES.png, ext: '.png' },
  jpeg: { mime: MIME_TYPES.jpeg, ext: '.jpg' },
  webp: { mime: MIME_TYPES.webp, ext: '.webp' },
  bmp: { mime: MIME_TYPES.bmp, ext: '.bmp' },
};

/** Bytes of the start, and of the end, that the questions below need. */
export const startBytes = 32;
export const endBytes = 12;

/** The kind of picture that starts with these bytes, by its signature alone. */
export function pictureKind(start: Uint8Array): PictureKind | null {
  const kind = kindOf(Buffer.from(start.buffer, start.byteOffset, start.byteLength));
  return pictureKindNames.find((name) => name === kind) ?? null;
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
