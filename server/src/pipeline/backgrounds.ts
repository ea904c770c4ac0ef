import { join } from 'node:path';
import type { Core } from '@strapi/strapi';
import { CutoutError } from '../errors';
import type { ComposeOptions } from '../options';
import { type AssetFile, fetchOriginal } from '../storage/original';
import { MOST_ID } from '../tables/shared';

/**
 * The asset that `bg_image` names, by id, by document id or by URL; undefined without one.
 * @param where what the message about one that is not there begins with
 * @throws CutoutError `options.invalid` when no such asset exists
 */
export async function findBackground<T extends AssetFile = AssetFile>(
  strapi: Core.Strapi,
  { bg_image: named }: ComposeOptions,
  where: string,
): Promise<T | undefined> {
  if (named === undefined) return undefined;
  const asset = isQueryable(named) ? await query<T>(strapi, named) : null;
  if (asset) return asset;
  const message = `${where}: expected the id, document id or URL of an asset, received '${named}'.`;
  throw new CutoutError('options.invalid', message);
}

/** PostgreSQL fails at a number that is no integer of its own, and at a text with a zero in it. */
const isQueryable = (named: number | string): boolean =>
  typeof named === 'number' ? named <= MOST_ID : !named.includes('\0');

async function query<T>(strapi: Core.Strapi, named: number | string): Promise<T | null> {
  const where = typeof named === 'number' ? { id: named } : { $or: [{ documentId: named }, { url: named }] };
  return (await strapi.db.query('plugin::upload.file').findOne({ where })) as T | null;
}

/**
 * Fetches the asset that a preset's `bg_image` names.
 * @returns the path of its copy in `workDir`; undefined for a preset without a background picture
 * @throws CutoutError `options.invalid` when no such asset exists
 */
export async function fetchBackground(
  strapi: Core.Strapi,
  options: ComposeOptions,
  preset: string,
  workDir: string,
  limits: { maxBytes: number; signal: AbortSignal },
): Promise<string | undefined> {
  const asset = await findBackground(strapi, options, `presets.${preset}.bg_image`);
  return asset && (await fetchOriginal(strapi, asset, join(workDir, `background-${preset}`), limits)).path;
}
