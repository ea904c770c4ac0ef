import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RemoteError } from './errors';
import { createRembgClient, type RemoveRequest } from './index';
import type { OnProgress } from './progress';
import type { ReceivedPicture } from './receive-picture';
import { readRembgInput, type InputImage, type RembgOptions } from './rembg-input';
import { pictureKinds } from './signature';
import type { Timeouts } from './timeouts';

// All that `strapi-plugin-cutout/rembg` offers.
export { CutoutError } from '../../errors';
export type { ErrorCode, FieldIssue } from '../../errors';
export * from './errors';
export { circuitStateSchema, type CircuitState, type StoredCircuitState } from './circuit';
export { createRembgClient, type RembgClient, type RembgClientConfig, type RemoveRequest } from './index';
export {
  spendable,
  type BillingCycle,
  type BillingPeriod,
  type FreeCallOptions,
  type Membership,
  type MembershipQuery,
} from './membership';
export type { OnProgress, ProgressEvent } from './progress';
export type { ReceivedPicture } from './receive-picture';
export type { InputImage, RembgOptions } from './rembg-input';
export type { RemoveOptions } from './remove-background';
export type { RetryRule } from './retry';
export type { PictureKind } from './signature';
export type { Timeouts } from './timeouts';

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
  const { signal, timeouts, apiUrl, onUploadProgress, onDownloadProgress } = params;
  const { apiKey, image, options, base64 } = readRembgInput(params);
  const { ext } = pictureKinds[options.format ?? 'webp'];
  const output = base64 ? undefined : join(tmpdir(), `rembg-${process.pid}-${randomBytes(8).toString('hex')}${ext}`);
  const client = createRembgClient({ apiKey, apiUrl, timeouts, connections: 1, asksRenewal: false });
  try {
    const call: RemoveRequest = { ...image, options, output, onUploadProgress, onDownloadProgress, signal };
    return result(await client.removeBackground(call));
  } catch (error) {
    throw aboutInput(error);
  } finally {
    await client.close();
  }
}

export default rembg;

function result({ buffer, path, mime }: ReceivedPicture): RembgResult {
  if (path === null) return { base64Image: `data:${mime};base64,${buffer.toString('base64')}` };
  return { outputImagePath: path, cleanup: () => rm(path, { force: true }) };
}

/** A file that cannot be read is a wrong parameter here, and is named as one. */
function aboutInput(error: unknown): unknown {
  if (!(error instanceof RemoteError) || !error.code.startsWith('source.') || error.details) return error;
  const { code, message, cause, cost } = error;
  return new RemoteError(code, message, { cause, cost, details: [{ field: 'inputImage', message }] });
}
