import { open, type FileHandle } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import sharp from 'sharp';
import { CutoutError } from '../errors';
import { failureSentence, shortage } from '../file-fault';
import type { SourceLimits } from './picture';
import { isAnimatedPng } from './apng';
import { readBmpHeader } from './bmp/decode';
import { damaged } from './damage';
import { readJpegScans } from './jpeg-scans';
import { kindOf, SIGNATURE_BYTES, type Kind } from './signature';

/** What the header of a readable picture says, EXIF orientation applied to its sides. No pixel was decoded. */
export interface SourceFacts extends HeaderFacts {
  path: string;
  format: Kind;
  bytes: number;
}

export interface HeaderFacts {
  width: number;
  height: number;
  hasAlpha: boolean;
  /** EXIF orientation 1…8; 1 when there is none. */
  orientation: number;
  /** 16 bits a channel with an embedded profile; see `imaging/open`. */
  deepProfile: boolean;
  /** How often decoding goes through the picture: the scans of a progressive JPEG. */
  passes: number;
  /** A PNG whose rows come in no order. */
  interlaced: boolean;
}

/** Formats the decoder reads. */
const READABLE: readonly Kind[] = ['jpeg', 'png', 'webp', 'gif', 'bmp', 'tiff', 'avif'];
const NAMES = 'JPEG, PNG, WebP, AVIF, TIFF, GIF or BMP';

/**
 * Checks a file before any of its pixels is decoded: that it is there, is a picture of a kind that can be cut out, and
 * not larger than allowed. Its bytes alone say what it is; its name says nothing. Throws `source.*`.
 */
export async function inspectSource(path: string, limits: Pick<SourceLimits, 'maxPixels'>): Promise<SourceFacts> {
  const { head, bytes } = await readHead(path);
  const format = kindByBytes(path, head);
  refuseUnreadable(format);
  const header: HeaderFacts = format === 'bmp' ? readBmpHeader(head, bytes) : await readHeader(path, format);
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
  } catch (cause) {
    throw unreadable(path, cause);
  } finally {
    await file.close();
  }
}

async function openSource(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): CutoutError {
  if (cause instanceof CutoutError) return cause;
  if ((cause as NodeJS.ErrnoException).code === 'ENOENT') {
    return new CutoutError('source.missing', `There is no file ${basename(path)}.`, { cause });
  }
  const what = `The file ${basename(path)} could not be read`;
  return shortage(cause, what) ?? new CutoutError('source.unreadable', failureSentence(cause, what), { cause });
}

function kindByBytes(path: string, head: Buffer): Kind {
  const kind = kindOf(head);
  if (kind !== null) return kind;
  // SVG may hide its first tag behind long comments, or be compressed.
  if (/^\.svgz?$/i.test(extname(path))) return 'svg';
  throw new CutoutError(
    'source.not-an-image',
    `The file ${basename(path)} is no picture of a known kind; upload a ${NAMES} picture.`,
  );
}

function refuseUnreadable(kind: Kind): void {
  if (kind === 'svg') {
    throw new CutoutError('source.svg', 'SVG drawings have no photo background to remove.');
  }
  if (!READABLE.includes(kind)) {
    throw new CutoutError(
      'source.unsupported',
      `${kind === 'pdf' ? 'PDF documents' : `${kind.toUpperCase()} pictures`} cannot be read here; upload a ${NAMES} picture.`,
    );
  }
}

async function readHeader(path: string, format: Kind): Promise<HeaderFacts> {
  const metadata = await sharp(path, { limitInputPixels: false, failOn: 'none' })
    .metadata()
    .catch((cause: unknown) => {
      throw damaged(path, cause);
    });
  if ((metadata.pages ?? 1) > 1 && format !== 'tiff') throw animated(format);
  if (format === 'png' && (await isAnimatedPng(path))) throw animated('APNG');
  const passes = format === 'jpeg' ? await requireScans(path) : 1;
  return {
    passes,
    interlaced: format === 'png' && metadata.isProgressive === true,
    // sharp's own oriented sides, so that both agree on what orientation means.
    width: metadata.autoOrient.width,
    height: metadata.autoOrient.height,
    hasAlpha: metadata.hasAlpha,
    orientation: metadata.orientation ?? 1,
    deepProfile: metadata.depth === 'ushort' && metadata.icc !== undefined,
  };
}

/** How often decoding goes through a JPEG. One that has lost its last scans is refused: it would only come out blurred. */
async function requireScans(path: string): Promise<number> {
  const { scans, progressive, complete } = await readJpegScans(path).catch((cause: unknown) => {
    throw damaged(path, cause);
  });
  if (!complete) throw damaged(path, new Error(`the JPEG ends after ${scans} scans, and coefficients are missing`));
  return progressive ? Math.max(1, scans) : 1;
}

function animated(format: string): CutoutError {
  return new CutoutError('source.animated', `Animated pictures (${format.toUpperCase()}) get no cutout.`);
}
