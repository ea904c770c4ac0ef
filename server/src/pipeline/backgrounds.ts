import { join } from 'node:path';
import type { Core } from '@strapi/strapi';
import { CutoutError } from '../errors';
import type { ComposeOptions } from '../options';
import { type AssetFile, fetchOriginal } from '../storage/original';

/**
 * Fetches the asset that a preset's `bg_image` names, by id, by document id or by URL.
 * @returns the path of its copy in `workDir`; undefined for a preset without a background picture
 * @throws CutoutError `options.invalid` when no such asset exists
 */
export async function fetchBackground(
  strapi: Core.Strapi,
  { bg_image: named }: ComposeOptions,
  preset: string,
  workDir: string,
  limits: { maxBytes: number; signal: AbortSignal },
): Promise<string | undefined> {
  if (named === undefined) return undefined;
  const where = typeof named === 'number' ? { id: named } : { $or: [{ documentId: named }, { url: named }] };
  const asset = (await strapi.db.query('plugin::upload.file').findOne({ where })) as AssetFile | null;
  if (!asset) {
    const message = `presets.${preset}.bg_image: expected the id, document id or URL of an asset, received '${named}'.`;
    throw new CutoutError('options.invalid', message);
  }
  return (await fetchOriginal(strapi, asset, join(workDir, `background-${preset}`), limits)).path;
}
