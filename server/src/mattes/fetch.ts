import { join } from 'node:path';
import type { Core } from '@strapi/strapi';
import { CutoutError } from '../errors';
import { copyFile } from '../storage/original';
import type { FormatEntry } from '../tables/files';

/** No matte is larger: the service's pictures end at 10000 × 10000, and grey PNG packs them well. */
const MAX_MATTE_BYTES = 256 * 1024 * 1024;

/**
 * Copies a stored matte into `workDir`.
 * @returns its path; null when the provider says that it is not there
 * @throws CutoutError `storage.unavailable` when nobody can say: then it must not be made, or paid for, anew
 */
export async function fetchMatte(
  strapi: Core.Strapi,
  format: FormatEntry,
  workDir: string,
  signal: AbortSignal,
): Promise<string | null> {
  const path = join(workDir, `stored-${format.hash}${format.ext}`);
  try {
    await copyFile(strapi, format, path, { maxBytes: MAX_MATTE_BYTES, signal });
    return path;
  } catch (error) {
    if (!(error instanceof CutoutError) || error.code === 'source.too-large') throw error;
    if (error.code === 'storage.gone') return null;
    const message = `The stored matte could not be read from the upload provider: ${error.message}`;
    throw new CutoutError(error.code, message, { cause: error });
  }
}
