import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import { findAsset } from '../../assets/asset';
import { getApp } from '../../app';
import type { ComposeOptions } from '../../options';
import { findBackground } from '../../pipeline/backgrounds';
import { accessFile } from './rights';

/**
 * Who takes another picture as a background shows it to themselves, so they must be allowed to see it. One that stands in
 * a preset, or in this image's own options, is no secret to those who see its cutouts.
 * @throws CutoutError `options.invalid` where there is no such picture, `asset.forbidden`
 */
export async function demandBackground(
  strapi: Core.Strapi,
  ctx: Context,
  options: ComposeOptions,
  imageId?: number,
): Promise<void> {
  const background = await findBackground(strapi, options, 'bg_image');
  if (!background) return;
  const own = imageId === undefined ? null : (await findAsset(strapi, imageId))?.wish?.options;
  const standing = [...Object.values(getApp(strapi).config.presets), ...Object.values(own ?? {})];
  if (standing.some(({ bg_image: named }) => named === options.bg_image)) return;
  await accessFile(strapi, ctx, background.id, 'read');
}
