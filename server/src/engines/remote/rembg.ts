import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { CutoutError } from '../../errors';
import { RemoteError } from './errors';
import { createRembgClient, type RemoveRequest } from './index';
import type { OnProgress, ProgressEvent } from './progress';
import type { ReceivedPicture } from './receive-picture';
import type { RemoveOptions } from './remove-background';
import { pictureKinds } from './signature';
import type { Timeouts } from './timeouts';

export type { ProgressEvent, Timeouts };
export { CutoutError, RemoteError };

/** A path, the bytes, or base64 with or without a `data:` prefix. */
export type InputImage = string | Buffer | { base64: string };

export interface RembgOptions {
  /** `webp` when left out. */
  format?: 'webp' | 'png' | 'WEBP' | 'PNG';
  /** Give a `data:` URL instead of a file. */
  returnBase64?: boolean;
  /** Only the alpha mask. */
  returnMask?: boolean;
  /** Target size in pixels; the aspect ratio is kept. 0 means not set. */
  w?: number;
  h?: number;
  /** Exactly w × h, may distort. */
  exact_resize?: boolean;
  /** Degrees, −360…360. */
  angle?: number;
  /** Enlarge the canvas so that a rotated picture is not cropped; `true` when left out. */
  expand?: boolean;
  /** Hex (`#RGB`, `#RGBA`, `#RRGGBB`, `#RRGGBBAA`) or a colour's name. */
  bg_color?: string;
}

export interface RembgParams {
  apiKey: string;
  inputImage: InputImage;
  options?: RembgOptions;
  onUploadProgress?: OnProgress;
  onDownloadProgress?: OnProgress;
  /** Ends the call. */
  signal?: AbortSignal;
  timeouts?: Partial<Timeouts>;
  /** Another address of the service; https, or http on this machine. */
  apiUrl?: string;
}

export type RembgResult =
  | { base64Image: string; outputImagePath?: undefined; cleanup?: undefined }
  | { outputImagePath: string; cleanup: () => Promise<void>; base64Image?: undefined };

/**
 * Removes a picture's background with the Rembg API: one paid call. Takes and gives what `rembg` of
 * `@remove-background-ai/rembg.js` 1.3 does, so a script moves over by its import line. Unlike it, this one writes
 * nothing to the console, labels a `data:` URL with its true media type, has time limits, can be aborted, and repeats
 * only what certainly cost nothing.
 *
 * @returns a temporary file and a function that deletes it, or a `data:` URL with `returnBase64`
 * @throws RemoteError with `code`, `remoteStatus`, `details` and `cost`; CutoutError for parameters that are wrong
 */
export async function rembg(params: RembgParams): Promise<RembgResult> {
  const { apiKey, inputImage, options = {}, signal, timeouts, apiUrl, onUploadProgress, onDownloadProgress } = params;
  if (typeof apiKey !== 'string' || apiKey.trim() === '') {
    throw new CutoutError('options.invalid', 'Expected the API key of a Rembg account for apiKey but received none.');
  }
  const { path, name } = input(inputImage);
  const request = removeOptions(options);
  const kind = request.format ?? 'webp';
  const client = createRembgClient({ apiKey, apiUrl, timeouts, connections: 1, asksRenewal: false });
  const output = options.returnBase64
    ? undefined
    : join(tmpdir(), `rembg-${process.pid}-${randomBytes(8).toString('hex')}${pictureKinds[kind].ext}`);
  try {
    const call: RemoveRequest = { path, name, options: request, output, onUploadProgress, onDownloadProgress, signal };
    return result(await client.removeBackground(call));
  } finally {
    await client.close();
  }
}

export default rembg;

function result({ buffer, path, mime }: ReceivedPicture): RembgResult {
  if (path === null) return { base64Image: `data:${mime};base64,${buffer.toString('base64')}` };
  return { outputImagePath: path, cleanup: () => rm(path, { force: true }) };
}

function input(image: InputImage): { path: string | Buffer; name?: string } {
  // The service judges a file by the ending of its name, so a path keeps its own.
  if (typeof image === 'string') return { path: image, name: basename(image) };
  if (Buffer.isBuffer(image)) return { path: image };
  if (typeof image === 'object' && image !== null && typeof image.base64 === 'string') {
    return { path: Buffer.from(image.base64.replace(/^data:[^,]*,/, ''), 'base64') };
  }
  const got = image === null ? 'null' : typeof image;
  throw new CutoutError(
    'options.invalid',
    `Expected a path, a Buffer or { base64 } for inputImage but received ${got}.`,
  );
}

function removeOptions({
  format,
  returnMask,
  w,
  h,
  exact_resize,
  angle,
  expand,
  bg_color,
}: RembgOptions): RemoveOptions {
  return {
    format: format?.toLowerCase() as RemoveOptions['format'],
    w: w || undefined,
    h: h || undefined,
    exact_resize,
    mask: returnMask,
    angle,
    expand,
    bg_color,
  };
}
