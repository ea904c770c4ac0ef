import { Readable } from 'node:stream';
import type { Core } from '@strapi/strapi';
import { CutoutError, messageOf } from '../errors';
import { systemFault } from '../file-fault';
import type { FormatEntry } from '../tables/files';
import { callProvider } from './hung-calls';

/** The one place that talks to Strapi's upload provider. Every call has a limit: a provider may hang. */

const UPLOAD_LIMIT_MS = 120_000;
const DELETE_LIMIT_MS = 30_000;
const SIGN_LIMIT_MS = 10_000;
const DOWNLOAD_LIMIT_MS = 60_000;

/**
 * Fetches a file over HTTP, its address signed where the provider is private, and hands its bytes to `receive`.
 * @throws CutoutError `storage.gone` when the file is definitely not there, `storage.unavailable` when nobody can say
 */
export async function download(
  strapi: Core.Strapi,
  file: { url: string },
  signal: AbortSignal,
  receive: (body: Readable, limit: AbortSignal) => Promise<void>,
): Promise<void> {
  const url = await signedUrl(strapi, file);
  await callProvider(strapi, DOWNLOAD_LIMIT_MS, signal, async (limit) => {
    const response = await strapi.fetch(url, { signal: limit });
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      const code = response.status === 404 || response.status === 410 ? 'storage.gone' : 'storage.unavailable';
      throw new CutoutError(code, `The upload provider answered ${response.status}.`);
    }
    await receive(Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]), limit);
  });
}

/** What reading a file ended in, as `storage.gone` or `storage.unavailable`; errors of this plugin stay what they are. */
export function readFailure(error: unknown): CutoutError {
  if (error instanceof CutoutError) return error;
  const gone = (error as NodeJS.ErrnoException | null)?.code === 'ENOENT';
  const fault = systemFault(error);
  const said = fault === null ? networkReason(error) : `Its storage failed: ${fault}.`;
  return new CutoutError(gone ? 'storage.gone' : 'storage.unavailable', said, { cause: error });
}

/** `fetch failed` says nothing; its cause does. */
function networkReason(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return messageOf(cause instanceof Error && cause.message !== '' ? cause : error);
}

/** Columns of an asset that providers sign its address by: S3's makes the key of its hash and ending. */
export const SIGNED_BY = ['name', 'hash', 'ext', 'mime', 'url', 'provider', 'provider_metadata'];

/**
 * The address of a file or of one of its formats, signed where the provider is private. Of an asset it needs the columns
 * `SIGNED_BY`.
 */
export async function signedUrl(strapi: Core.Strapi, file: { url: string }): Promise<string> {
  // An entry of `formats` does not name its provider, and what names none is not signed.
  const { provider } = strapi.config.get<{ provider: string }>('plugin::upload');
  const asFile = { provider, ...file, formats: null };
  const sign = () => strapi.plugin('upload').service('file').signFileUrls(asFile) as Promise<{ url: string }>;
  const { url } = await callProvider(strapi, SIGN_LIMIT_MS, undefined, sign);
  return url.startsWith('//') ? `https:${url}` : url;
}

const privacies = new WeakMap<Core.Strapi, Promise<boolean>>();

/** Whether the provider's files are not for everybody; asked for once, as it does not change. */
export function isPrivateProvider(strapi: Core.Strapi): Promise<boolean> {
  const known = privacies.get(strapi);
  if (known) return known;
  const ask = async () => Boolean(await strapi.plugin('upload').provider.isPrivate());
  const asked = callProvider(strapi, SIGN_LIMIT_MS, undefined, ask);
  privacies.set(strapi, asked);
  // A failure is no answer.
  asked.catch(() => privacies.delete(strapi));
  return asked;
}

export type UploadEntity = Omit<FormatEntry, 'url' | 'cutout'> & { getStream: () => NodeJS.ReadableStream };

/**
 * Stores a file. @returns its entry as `formats` wants it
 * @throws CutoutError `store.failed` when the provider refuses, fails or hangs
 */
export async function putFile(strapi: Core.Strapi, entity: UploadEntity, signal?: AbortSignal): Promise<FormatEntry> {
  const uploaded: Record<string, unknown> = { ...entity };
  // The provider writes `url`, and what else it needs to delete the file later, into the object it is given.
  const upload = () => strapi.plugin('upload').service('provider').upload(uploaded) as Promise<void>;
  try {
    await callProvider(strapi, UPLOAD_LIMIT_MS, signal, upload);
  } catch (error) {
    signal?.throwIfAborted();
    const message = `The upload provider did not take '${entity.hash}${entity.ext}': ${messageOf(error)}`;
    throw new CutoutError('store.failed', message, { cause: error });
  }
  for (const key of ['getStream', 'stream', 'buffer', 'filepath', 'tmpWorkingDirectory']) delete uploaded[key];
  return uploaded as unknown as FormatEntry;
}

/** What is needed to delete a file: its whole entry, or what is known of one that may never have arrived. */
export type Deletable = FormatEntry | { hash: string; ext: string };

/** Deletes a file; one that is gone counts as deleted. @throws what the provider throws otherwise */
export async function deleteFile(strapi: Core.Strapi, file: Deletable): Promise<void> {
  // Without our own mark: what has it is left to the sweep, which this is (see triggers/host-deletes).
  const { cutout: _mark, ...entity } = 'url' in file ? file : { ...file, name: file.hash, url: '', cutout: null };
  try {
    const remove = async () => (await strapi.plugin('upload').provider.delete(entity)) as void;
    await callProvider(strapi, DELETE_LIMIT_MS, undefined, remove);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/** Providers say "not there" as ENOENT, a status of 404, or S3's NoSuchKey. */
export function isGone(error: unknown): boolean {
  const { code, name, status, statusCode, $metadata } = (error ?? {}) as Record<string, unknown>;
  const answered = status ?? statusCode ?? ($metadata as { httpStatusCode?: unknown } | undefined)?.httpStatusCode;
  return (
    answered === 404 || [code, name].some((word) => word === 'ENOENT' || word === 'NoSuchKey' || word === 'NotFound')
  );
}
