import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Core } from '@strapi/strapi';
import { CutoutError } from '../errors';
import { createMeter } from '../pool/meter';
import type { FormatEntry } from '../tables/files';
import { copyLocal, isLocal } from './local-reader';
import { download, readFailure } from './provider';

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

/** The bytes of an asset, copied for a job. */
export interface Original {
  path: string;
  /** Hex. */
  sha256: string;
  bytes: number;
}

export interface CopyLimits {
  maxBytes: number;
  signal: AbortSignal;
}

/** The asset's own name, made safe for a path, so that messages about its copy name the asset. */
export function copyName(file: Pick<AssetFile, 'name'>): string {
  const safe = file.name.replace(/[^\p{L}\p{N} ._()-]/gu, '_').replace(/^\.+/, '');
  // A file name has 255 bytes at most, a letter up to four.
  return safe.slice(-60) || 'original';
}

/**
 * Copies a file from the provider into `target`, hashing it on the way.
 * @throws CutoutError `storage.gone`, `storage.unavailable` or `source.too-large`
 */
export async function copyFile(
  strapi: Core.Strapi,
  file: { name: string; url: string },
  target: string,
  { maxBytes, signal }: CopyLimits,
): Promise<Original> {
  try {
    if (isLocal(file.url)) return { path: target, ...(await copyLocal(strapi, file, target, { maxBytes, signal })) };
    const meter = createMeter(maxBytes, file.name);
    await download(strapi, file, signal, (body, limit) =>
      pipeline(body, meter.stream, createWriteStream(target), { signal: limit }),
    );
    return { path: target, ...meter.result() };
  } catch (error) {
    signal.throwIfAborted();
    throw readFailure(error);
  }
}

/**
 * Copies an asset's own bytes for a job.
 * @throws CutoutError `source.missing`, `source.unreadable`, `source.empty` or `source.too-large`
 */
export async function fetchOriginal(
  strapi: Core.Strapi,
  file: Pick<AssetFile, 'name' | 'url'>,
  target: string,
  limits: CopyLimits,
): Promise<Original> {
  const original = await copyFile(strapi, file, target, limits).catch((error: unknown) => {
    throw error instanceof CutoutError ? ofOriginal(file, error) : error;
  });
  if (original.bytes === 0) throw new CutoutError('source.empty', `'${file.name}' is empty (0 bytes).`);
  return original;
}

function ofOriginal(file: Pick<AssetFile, 'name'>, error: CutoutError): CutoutError {
  if (error.code === 'storage.gone') {
    return new CutoutError('source.missing', `'${file.name}' is not where the upload provider stores it.`, {
      cause: error,
    });
  }
  if (error.code !== 'storage.unavailable') return error;
  const message = `'${file.name}' could not be read from the upload provider: ${error.message}`;
  return new CutoutError('source.unreadable', message, { cause: error });
}
