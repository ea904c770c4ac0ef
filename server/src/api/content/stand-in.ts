import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import { CutoutError } from '../../errors';
import { signedUrl } from '../../storage/provider';
import { secondsTo } from '../respond';
import { readAssets } from '../status';
import type { FoundFile } from './actions';
import { allowCaching, isForEverybody, REDIRECT_S } from './caching';
import type { VariantUnderWay } from './contracts';
import { isUnderWay } from './under-way';

/** A signed address is good for a while, and a stored one until the picture is made anew. */
export async function leadTo(strapi: Core.Strapi, ctx: Context, picture: { url: string }): Promise<void> {
  const url = await signedUrl(strapi, picture);
  if (url === picture.url) allowCaching(ctx, isForEverybody(ctx), REDIRECT_S);
  else ctx.set('Cache-Control', 'private, no-store');
  ctx.redirect(url);
}

export interface StandIn {
  /** What is not there, for messages: "variant 'card'". */
  missing: string;
  preset: string | null;
  fallback: 'original' | undefined;
}

/**
 * What is answered while a picture is not there: 202 and when to come back, or the original where that is asked for.
 * @throws CutoutError `asset.missing`, `variant.missing` where nothing is under way
 */
export async function answerWithout(
  strapi: Core.Strapi,
  ctx: Context,
  file: FoundFile,
  { missing, preset, fallback }: StandIn,
): Promise<void> {
  if (fallback === 'original') {
    await leadTo(strapi, ctx, file);
    ctx.set('Cache-Control', 'no-store');
    return;
  }
  const { id } = file;
  const read = (await readAssets(strapi, [id])).get(id);
  if (!read) throw new CutoutError('asset.missing', `There is no asset ${id}.`);
  const { state, reason, retryAt } = read.status;
  if (!isUnderWay(state)) {
    const why = reason ? ` ${reason.message}` : '';
    throw new CutoutError('variant.missing', `Asset ${id} has no ${missing}.${why}`);
  }
  ctx.status = 202;
  ctx.set('Retry-After', String(secondsTo(retryAt)));
  ctx.set('Cache-Control', 'no-store');
  ctx.body = { data: { id, preset, status: state, reason, retryAt } } satisfies VariantUnderWay;
}
