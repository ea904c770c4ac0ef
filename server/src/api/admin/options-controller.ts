import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import { z } from 'zod';
import { getApp } from '../../app';
import { MATTE_KEY } from '../../assets/keys';
import { CutoutError } from '../../errors';
import { optionsError, optionsFor, ownOf, parseComposeOptions } from '../../options';
import { demandPresets } from '../ask';
import { requireSize } from '../content/render-query';
import { type AssetResponse, ownOptionsQuery, ownOptionsRequest, rowId } from '../contracts';
import { answering, jsonBody, parseInput } from '../respond';
import { demandBackground } from './background';
import { createChanges } from './changes';
import { accessFile, type FileAccess } from './rights';
import { viewAssets } from './view-assets';

const params = z.object({ id: rowId });

/**
 * Compose options of one image, in place of a preset's. Its variant is made of the matte that it has, so neither way runs
 * a model or costs a credit.
 */
export const optionsController = ({ strapi }: { strapi: Core.Strapi }) => {
  const changes = createChanges(strapi);
  const open = (ctx: Context): Promise<FileAccess> =>
    accessFile(strapi, ctx, parseInput(params, ctx.params, 'id').id, 'edit');

  const respond = async (ctx: Context, access: FileAccess): Promise<void> => {
    const [view] = await viewAssets(strapi, [access]);
    if (!view) throw new CutoutError('asset.missing', `There is no asset ${access.file.id}.`);
    ctx.body = { data: view } satisfies AssetResponse;
  };

  return {
    apply: answering(async (ctx) => {
      const access = await open(ctx);
      const { id } = access.file;
      const { preset, options: given } = parseInput(ownOptionsRequest, jsonBody(ctx), 'body');
      demandPresets(strapi, [preset]);
      const parsed = parseComposeOptions(given);
      if (!parsed.ok) throw optionsError(parsed.issues);
      await demandBackground(strapi, ctx, parsed.options, id);
      const own = ownOf(given, parsed.options);
      const { config, planner } = getApp(strapi);
      const whole = optionsFor(config.presets[preset]!, own);
      await planner.planAfter(
        id,
        {
          ...{ source: 'admin', asked: true, composeOnly: [preset] },
          wish: { presets: [preset], options: { [preset]: own } },
        },
        async ({ formats }) => {
          const matte = formats?.[MATTE_KEY];
          if (!matte?.cutout) throw new CutoutError('asset.missing', `Asset ${id} has no matte to make a picture of.`);
          // What no file holds would fail as a job, and as a wish at every later one.
          requireSize(matte, whole, Infinity);
        },
      );
      await respond(ctx, access);
    }),

    takeBack: answering(async (ctx) => {
      const access = await open(ctx);
      const { preset } = parseInput(ownOptionsQuery, ctx.query, 'query');
      // Without a matte, as after a replace, what is planned is the whole cutout.
      const hasMatte = access.file.formats?.[MATTE_KEY]?.cutout !== undefined;
      if (!hasMatte && changes.costs(access, await changes.wants(access))) access.demand('pay');
      const request = { unwishOptions: [preset], composeOnly: [preset] };
      await getApp(strapi).planner.plan(access.file.id, { source: 'admin', ...request });
      await respond(ctx, access);
    }),
  };
};
