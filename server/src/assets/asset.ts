import type { Core } from '@strapi/strapi';
import { ASSET, type AssetRow } from '../tables/assets';

/** What the plugin knows of an asset; null when it has had nothing to do with it. */
export async function findAsset(strapi: Core.Strapi, fileId: number): Promise<AssetRow | null> {
  return (await strapi.db.query(ASSET).findOne({ where: { fileId } })) as AssetRow | null;
}

/** Takes back what a person asked for this asset. Whoever calls it plans the asset then. */
export async function forgetWish(strapi: Core.Strapi, fileId: number): Promise<void> {
  await strapi.db.query(ASSET).updateMany({ where: { fileId }, data: { wish: null } });
}
