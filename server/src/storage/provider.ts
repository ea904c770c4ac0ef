import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Core } from '@strapi/strapi';
import { CutoutError, messageOf } from '../errors';
import { systemFault } from '../file-fault';
import type { FormatEntry } from '../tables/files';
import { limited } from './limit';

/** The one place that talks to Strapi's upload provider. Every call has a limit: a provider may hang. */

const UPLOAD_LIMIT_MS = 120_000;
const DELETE_LIMIT_MS = 30_000;
const SIGN_LIMIT_MS = 10_000;

/**
 * Reads any file of the provider: local ones from disk, others over HTTP, signed where the provider is private.
 * @throws CutoutError `storage.gone` when the file is definitely not there, `storage.unavailable` when nobody can say
 */
export async function openFile(strapi: Core.Strapi, file: { url: string }, signal: AbortSignal): Promise<Readable> {
  if (/^\/(?!\/)/.test(file.url)) {
    return createReadStream(join(strapi.dirs.static.public, decodeURI(file.url)), { signal });
  }
  const response = await strapi.fetch(await signedUrl(strapi, file), { signal });
  if (response.status === 404 || response.status === 410) {
    throw new CutoutError('storage.gone', `The upload provider answered ${response.status}.`);
  }
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    throw new CutoutError('storage.unavailable', `The upload provider answered ${response.status}.`);
  }
  return Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]);
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

/** The address of a file or of one of its formats, signed where the provider is private. */
export async function signedUrl(strapi: Core.Strapi, file: { url: string }): Promise<string> {
  // An entry of `formats` does not name its provider, and what names none is not signed.
  const { provider } = strapi.config.get<{ provider: string }>('plugin::upload');
  const asFile = { provider, ...file, formats: null };
  const signed: Promise<{ url: string }> = strapi.plugin('upload').service('file').signFileUrls(asFile);
  const { url } = await limited(SIGN_LIMIT_MS, undefined, () => signed);
  return url.startsWith('//') ? `https:${url}` : url;
}

export type UploadEntity = Omit<FormatEntry, 'url' | 'cutout'> & { getStream: () => NodeJS.ReadableStream };

/**
 * Stores a file. @returns its entry as `formats` wants it
 * @throws CutoutError `store.failed` when the provider refuses, fails or hangs
 */
export async function putFile(strapi: Core.Strapi, entity: UploadEntity): Promise<FormatEntry> {
  const uploaded: Record<string, unknown> = { ...entity };
  try {
    // The provider writes `url`, and what else it needs to delete the file later, into the object it is given.
    await limited(
      UPLOAD_LIMIT_MS,
      undefined,
      () => strapi.plugin('upload').service('provider').upload(uploaded) as Promise<void>,
    );
  } catch (error) {
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
  const entity = 'url' in file ? file : { ...file, name: file.hash, url: '' };
  try {
    await limited(DELETE_LIMIT_MS, undefined, () => strapi.plugin('upload').provider.delete(entity) as Promise<void>);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/** Providers say "not there" as ENOENT, a status of 404, or S3's NoSuchKey. */
function isGone(error: unknown): boolean {
  const { code, name, status, statusCode, $metadata } = (error ?? {}) as Record<string, unknown>;
  const answered = status ?? statusCode ?? ($metadata as { httpStatusCode?: unknown } | undefined)?.httpStatusCode;
  return (
    answered === 404 || [code, name].some((word) => word === 'ENOENT' || word === 'NoSuchKey' || word === 'NotFound')
  );
}
