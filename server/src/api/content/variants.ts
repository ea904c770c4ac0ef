import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import { variantKey } from '../../assets/keys';
import { CutoutError } from '../../errors';
import { signedUrl } from '../../storage/provider';
import { demandPresets } from '../ask';
import { answering, parseInput } from '../respond';
import { readAssets, type ReadAsset } from '../status';
import { deleteVariant, findFile } from './actions';
import { variantQuery } from './contracts';
import { isUnderWay, secondsTo } from './under-way';

/** `/api/cutout/files/:id/variants/:preset`: an address that stays, whatever the stored file is called. */
export const variantsController = ({ strapi }: { strapi: Core.Strapi }) => {
  /** A signed address is good for a while, and a stored one until the variant is made anew. */
  const redirect = async (ctx: Context, picture: { url: string }): Promise<void> => {
    const url = await signedUrl(strapi, picture);
    ctx.set('Cache-Control', url === picture.url ? 'public, max-age=60' : 'private, no-store');
    ctx.redirect(url);
  };

  const notThere = (ctx: Context, { status }: ReadAsset, preset: string): void => {
    if (!isUnderWay(status.state)) {
      const why = status.reason ? ` ${status.reason.message}` : '';
      throw new CutoutError('variant.missing', `Asset ${status.fileId} has no variant '${preset}'.${why}`);
    }
    ctx.status = 202;
    ctx.set('Retry-After', String(secondsTo(status.retryAt)));
    ctx.set('Cache-Control', 'no-store');
    const { state, reason, retryAt } = status;
    ctx.body = { data: { id: status.fileId, preset, status: state, reason, retryAt } };
  };

  return {
    findOne: answering(async (ctx) => {
      const preset = String(ctx.params.preset);
      demandPresets(strapi, [preset]);
      const { id } = await findFile(strapi, String(ctx.params.id));
      const { fallback } = parseInput(variantQuery, ctx.query, 'query');
      const asset = (await readAssets(strapi, [id])).get(id);
      if (!asset) throw new CutoutError('asset.missing', `There is no asset ${id}.`);
      const entry = asset.file.formats?.[variantKey(preset)];
      if (entry) return redirect(ctx, entry);
      if (fallback === 'original') {
        await redirect(ctx, asset.file);
        ctx.set('Cache-Control', 'no-store');
        return;
      }
      notThere(ctx, asset, preset);
    }),

    delete: answering(async (ctx) => {
      await deleteVariant(strapi, await findFile(strapi, String(ctx.params.id)), String(ctx.params.preset));
      ctx.status = 204;
    }),
  };
};
