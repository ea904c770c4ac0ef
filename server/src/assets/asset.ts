import type { Core } from '@strapi/strapi';
import { ASSET, type AssetRow } from '../tables/assets';

/** What the plugin knows of an asset; null when it has had nothing to do with it. */
export async function findAsset(strapi: Core.Strapi, fileId: number): Promise<AssetRow | null> {
  return (await strapi.db.query(ASSET).findOne({ where: { fileId } })) as AssetRow | null;
}
