import { open, type FileHandle } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { CutoutError, messageOf } from '../errors';
import type { SourceLimits } from './picture';
import { isAnimatedPng } from './apng';
import { readBmpHeader } from './bmp/decode';
import { kindOf, kindOfExtension, SIGNATURE_BYTES, type Kind } from './signature';

/** What the header of a readable picture says, EXIF orientation applied to its sides. No pixel was decoded. */
export interface SourceFacts {
  path: string;
  format: Kind;
  width: number;
  height: number;
  hasAlpha: boolean;
  /** EXIF orientation 1…8; 1 when there is none. */
  orientation: number;
  bytes: number;
  /** 16 bits a channel with an embedded profile; see `openUpright`. */
  deepProfile: boolean;
}

/** Formats the decoder reads. */
const READABLE: readonly Kind[] = ['jpeg', 'png', 'webp', 'gif', 'bmp', 'tiff', 'avif'];

/**
 * Checks a file before any of its pixels is decoded: that it is there, is the picture it says it is, of a kind that
 * can be cut out, and not larger than allowed. Throws `source.*`.
 */
export async function inspectSource(path: string, limits: Pick<SourceLimits, 'maxPixels'>): Promise<SourceFacts> {
  const { head, bytes } = await readHead(path);
  const format = checkedKind(path, head);
  refuseUnreadable(format);
  const header = format === 'bmp' ? readBmpHeader(head, bytes) : await readHeader(path, format);
  const pixels = header.width * header.height;
  if (pixels > limits.maxPixels) {
    throw new CutoutError(
      'source.too-many-pixels',
      `The picture has ${header.width} × ${header.height} pixels (${megapixels(pixels)}); at most ${megapixels(limits.maxPixels)} are allowed.`,
    );
  }
  return { path, format, bytes, ...header };
}

const megapixels = (pixels: number): string => `${(pixels / 1e6).toFixed(1)} megapixels`;

async function readHead(path: string): Promise<{ head: Buffer; bytes: number }> {
  const file = await openSource(path);
  try {
    const { size } = await file.stat();
    if (size === 0) throw new CutoutError('source.empty', 'Uploaded file is empty (0 bytes).');
    const head = Buffer.alloc(Math.min(SIGNATURE_BYTES, size));
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    return { head: head.subarray(0, bytesRead), bytes: size };
  } catch (error) {
    if (error instanceof CutoutError) throw error;
    throw new CutoutError('source.unreadable', `The file ${basename(path)} could not be read: ${messageOf(error)}`, {
      cause: error,
    });
  } finally {
    await file.close();
  }
}

async function openSource(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new CutoutError(
      missing ? 'source.missing' : 'source.unreadable',
      missing
        ? `There is no file ${basename(path)}.`
        : `The file ${basename(path)} could not be read: ${messageOf(cause)}`,
      { cause },
    );
  }
}

/** The kind by signature; the extension must not promise another one. */
function checkedKind(path: string, head: Buffer): Kind {
  const kind = kindOf(head);
  const promised = kindOfExtension(extname(path));
  if (kind === null && promised === null) {
    throw new CutoutError('source.not-an-image', `The file ${basename(path)} is no picture that can be read.`);
  }
  if (kind === null) {
    // SVG may hide its first tag behind long comments, or be compressed.
    if (promised === 'svg') return 'svg';
    throw new CutoutError('source.type-mismatch', 'File does not appear to be a valid image (invalid file signature)');
  }
  if (promised !== null && promised !== kind) {
    throw new CutoutError(
      'source.type-mismatch',
      `The file ${basename(path)} is named ${extname(path)} but contains ${kind.toUpperCase()} data; rename it or save it in the format of its name.`,
    );
  }
  return kind;
}

function refuseUnreadable(kind: Kind): void {
  if (kind === 'svg') {
    throw new CutoutError('source.svg', 'SVG drawings have no photo background to remove.');
  }
  if (!READABLE.includes(kind)) {
    throw new CutoutError(
      'source.unsupported',
      `${kind.toUpperCase()} pictures cannot be read here; readable are ${READABLE.join(', ')}.`,
    );
  }
}

async function readHeader(path: string, format: Kind) {
  const metadata = await sharp(path, { limitInputPixels: false, failOn: 'none' })
    .metadata()
    .catch((cause: unknown) => {
      throw damaged(path, cause);
    });
  if ((metadata.pages ?? 1) > 1 && format !== 'tiff') throw animated(format);
  if (format === 'png' && (await isAnimatedPng(path))) throw animated('APNG');
  return {
    // sharp's own oriented sides, so that both agree on what orientation means.
    width: metadata.autoOrient.width,
    height: metadata.autoOrient.height,
    hasAlpha: metadata.hasAlpha,
    orientation: metadata.orientation ?? 1,
    deepProfile: metadata.depth === 'ushort' && metadata.icc !== undefined,
  };
}

/**
 * A checked original as sharp's picture: upright, its profile turned into sRGB. Not for BMP.
 *
 * sharp brings 16-bit pictures with a profile to Display P3 and leaves them there when the output carries no profile
 * (their reds come out dull), so for those the output is told to be sRGB.
 */
export function openUpright({ path, deepProfile }: SourceFacts): Sharp {
  const picture = sharp(path, {
    // The header was checked against the caller's own limit.
    limitInputPixels: false,
    // Warnings alone (stray bytes between JPEG markers) leave a good picture; a missing half does not.
    failOn: 'error',
    sequentialRead: true,
  }).autoOrient();
  return (deepProfile ? picture.withIccProfile('srgb') : picture).toColourspace('srgb');
}

function animated(format: string): CutoutError {
  return new CutoutError('source.animated', `Animated pictures (${format.toUpperCase()}) get no cutout.`);
}

/** The failure of a file whose signature was right and whose content is not. */
export function damaged(path: string, cause: unknown): CutoutError {
  const [line] = messageOf(cause).split('\n');
  return new CutoutError('source.truncated', `The picture ${basename(path)} is damaged or cut short: ${line}`, {
    cause,
  });
}
