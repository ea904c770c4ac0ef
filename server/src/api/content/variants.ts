import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import { getApp } from '../../app';
import { variantKey } from '../../assets/keys';
import { CutoutError } from '../../errors';
import { removePreset, removeVariants } from '../../pipeline/remove-variants';
import { readWants } from '../../rules/read-wants';
import { signedUrl } from '../../storage/provider';
import { type AskedFile, demandPresets, wantsWhenAsked } from '../ask';
import { answering, parseInput } from '../respond';
import { readAssets, type ReadAsset } from '../status';
import { variantQuery } from './contracts';
import { openFile } from './open-file';
import { isUnderWay, secondsTo } from './under-way';

/** `/api/cutout/files/:id/variants/:preset`: an address that stays, whatever the stored file is called. */
export const variantsController = ({ strapi }: { strapi: Core.Strapi }) => {
  const wantedByOthers = async (file: AskedFile, preset: string): Promise<boolean> => {
    const asked = { ...file, asset: { wish: null, optedOut: false } };
    const wants = (await readWants(strapi, getApp(strapi).config.rules, [asked])).get(file.id);
    return wants?.presets.includes(preset) ?? false;
  };

  const open = async (ctx: Context): Promise<{ file: AskedFile; preset: string }> => {
    const preset = String(ctx.params.preset);
    demandPresets(strapi, [preset]);
    return { preset, file: await openFile(strapi, ctx) };
  };

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
      const { file, preset } = await open(ctx);
      const { fallback } = parseInput(variantQuery, ctx.query, 'query');
      const asset = (await readAssets(strapi, [file.id])).get(file.id);
      if (!asset) throw new CutoutError('asset.missing', `There is no asset ${file.id}.`);
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
      const { file, preset } = await open(ctx);
      if (await wantedByOthers(file, preset)) {
        const message = `A field or rule wants '${preset}' of asset ${file.id}: removed, it would be made again.`;
        throw new CutoutError('variant.wanted', message);
      }
      const { planner, sweepSoon } = getApp(strapi);
      await planner.plan(file.id, { source: 'api', unwish: [preset] });
      const left = (await readAssets(strapi, [file.id])).get(file.id)?.status;
      if ((left?.wish?.presets.length ?? 0) === 0 && !(await wantsWhenAsked(strapi, file))) {
        await removeVariants(strapi, file.id);
      } else {
        await removePreset(strapi, file.id, preset);
        await planner.plan(file.id, { source: 'api' });
      }
      await sweepSoon.asset(file.id);
      ctx.status = 204;
    }),
  };
};
