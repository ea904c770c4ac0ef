import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Core } from '@strapi/strapi';
import type { Original } from '../engines/contract';
import { CutoutError, messageOf } from '../errors';
import type { FormatEntry } from '../tables/files';

/** An asset's row as `strapi.db.query` gives it: unsigned URLs. */
export interface AssetFile {
  id: number;
  name: string;
  hash: string;
  ext: string;
  mime: string;
  url: string;
  formats: Record<string, FormatEntry> | null;
  focalPoint?: { x: number; y: number } | null;
}

/** A stalled provider must not hold a job for ever. */
const FETCH_TIMEOUT_MS = 60_000;

/** The asset's own name, made safe for a path, so that messages about its copy name the asset. */
export function copyName(file: Pick<AssetFile, 'name'>): string {
  const safe = file.name.replace(/[^\p{L}\p{N} ._()-]/gu, '_').replace(/^\.+/, '');
  // A file name has 255 bytes at most, a letter up to four.
  return safe.slice(-60) || 'original';
}

/**
 * Copies an asset's bytes from its provider into `target`, hashing them on the way.
 * @throws CutoutError `source.missing`, `source.unreadable`, `source.empty` or `source.too-large`
 */
export async function fetchOriginal(
  strapi: Core.Strapi,
  file: AssetFile,
  target: string,
  { maxBytes, signal }: { maxBytes: number; signal: AbortSignal },
): Promise<Original> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(FETCH_TIMEOUT_MS)]);
  const hash = createHash('sha256');
  let bytes = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > maxBytes) return done(tooLarge(file, maxBytes));
      hash.update(chunk);
      done(null, chunk);
    },
  });
  try {
    const stream = await openFile(strapi, file, limit);
    await pipeline(stream, meter, createWriteStream(target), { signal: limit });
  } catch (error) {
    signal.throwIfAborted();
    throw readError(file, error);
  }
  if (bytes === 0) throw new CutoutError('source.empty', `'${file.name}' is empty (0 bytes).`);
  return { path: target, sha256: hash.digest('hex'), bytes };
}

/** Reads any file of the upload provider: local ones from disk, others over HTTP, signed where the provider is private. */
export async function openFile(strapi: Core.Strapi, file: { url: string }, signal: AbortSignal): Promise<Readable> {
  if (/^\/(?!\/)/.test(file.url)) {
    return createReadStream(join(strapi.dirs.static.public, decodeURI(file.url)), { signal });
  }
  const response = await strapi.fetch(await signedUrl(strapi, file), { signal });
  if (response.status === 404) throw new CutoutError('source.missing', 'The upload provider answered 404.');
  if (!response.ok || !response.body) throw new Error(`the upload provider answered ${response.status}`);
  return Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]);
}

/** The address of a file or of one of its formats, signed where the provider is private. */
export async function signedUrl(strapi: Core.Strapi, file: { url: string }): Promise<string> {
  // An entry of `formats` does not name its provider, and what names none is not signed.
  const { provider } = strapi.config.get<{ provider: string }>('plugin::upload');
  const asFile = { provider, ...file, formats: null };
  const { url } = (await strapi.plugin('upload').service('file').signFileUrls(asFile)) as { url: string };
  return url.startsWith('//') ? `https:${url}` : url;
}

function readError(file: AssetFile, error: unknown): CutoutError {
  if (error instanceof CutoutError) return error;
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
    return new CutoutError('source.missing', `'${file.name}' is not where the upload provider stores it.`, {
      cause: error,
    });
  }
  const message = `'${file.name}' could not be read from the upload provider: ${messageOf(error)}`;
  return new CutoutError('source.unreadable', message, { cause: error });
}

const tooLarge = (file: AssetFile, maxBytes: number) =>
  new CutoutError(
    'source.too-large',
    `'${file.name}' is larger than limits.maxBytes, ${Math.round(maxBytes / 1024 / 1024)} MB.`,
  );
