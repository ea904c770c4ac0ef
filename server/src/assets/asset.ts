import type { Core } from '@strapi/strapi';
import { ASSET, type AssetRow } from '../tables/assets';
import { inTransaction } from '../transaction';
import { lockFile } from './formats';

/** What the plugin knows of an asset; null when it has had nothing to do with it. */
export async function findAsset(strapi: Core.Strapi, fileId: number): Promise<AssetRow | null> {
  return (await strapi.db.query(ASSET).findOne({ where: { fileId } })) as AssetRow | null;
}

/** The same, made if need be. The caller holds the lock of the file's row, so nobody makes it meanwhile. */
export async function ensureAsset(strapi: Core.Strapi, fileId: number): Promise<AssetRow> {
  const found = await findAsset(strapi, fileId);
  if (found) return found;
  const data = { fileId, version: 1, optedOut: false, wish: null };
  return (await strapi.db.query(ASSET).create({ data })) as AssetRow;
}

/**
 * Before an asset's row gets its new bytes: from now on no job commits what it made of the old ones.
 * @returns whether there was a version to count
 */
export async function outdate(strapi: Core.Strapi, fileId: number): Promise<boolean> {
  const count = () =>
    strapi.db.queryBuilder(ASSET).where({ fileId }).increment('version').execute<number>({ mapResults: false });
  if (!strapi.db.inTransaction()) return (await count()) > 0;
  // In somebody's transaction that goes on to write the file: its row first, as everywhere.
  return inTransaction(strapi, async (scope) => {
    await lockFile(strapi, scope, fileId);
    return (await count()) > 0;
  });
}
