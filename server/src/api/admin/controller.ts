import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import { z } from 'zod';
import { getApp } from '../../app';
import { CutoutError } from '../../errors';
import { unknownPresets } from '../../rules/presets';
import { removeVariants } from '../../pipeline/remove-variants';
import { variantKey } from '../../assets/keys';
import { reportUsage } from '../usage';
import type { AssetResponse, OverviewResponse, UsageResponse } from '../contracts';
import { answering, parseInput } from '../respond';
import { readStatus } from '../status';

const params = z.object({ id: z.coerce.number().int().positive() });
const runBody = z.strictObject({
  presets: z.array(z.string()).min(1).optional(),
  engine: z.enum(['local', 'remote', 'auto']).optional(),
  force: z.boolean().optional(),
});

/** Answers what the admin panel asks; shapes in api/contracts.ts. */
export const adminController = ({ strapi }: { strapi: Core.Strapi }) => {
  const fileId = (ctx: Context): number => parseInput(params, ctx.params, 'id').id;

  const respond = async (ctx: Context, id: number): Promise<void> => {
    const status = await readStatus(strapi, id);
    if (!status) throw new CutoutError('asset.missing', `There is no asset ${id}.`);
    ctx.body = { data: status } satisfies AssetResponse;
  };

  return {
    overview: answering((ctx) => {
      const { config, engines } = getApp(strapi);
      const presets = Object.keys(config.presets).map((name) => ({ name, key: variantKey(name) }));
      const local = { model: config.local.model, problem: engines.local.problem() };
      const remote = { configured: config.remote.apiKey !== null, problem: engines.remote.problem() };
      ctx.body = { data: { presets, engines: { local, remote } } } satisfies OverviewResponse;
    }),

    usage: answering(async (ctx) => {
      ctx.body = { data: await reportUsage(getApp(strapi)) } satisfies UsageResponse;
    }),

    findOne: answering((ctx) => respond(ctx, fileId(ctx))),

    run: answering(async (ctx) => {
      const id = fileId(ctx);
      const { presets = ['default'], engine, force } = parseInput(runBody, ctx.request.body ?? {}, 'body');
      const { config, planner } = getApp(strapi);
      const unknown = presets.filter((preset) => !Object.hasOwn(config.presets, preset));
      if (unknown.length > 0) throw unknownPresets(unknown, Object.keys(config.presets));
      const wish = { presets, ...(engine ? { engine } : {}) };
      await planner.plan(id, { source: 'admin', wish, ...(force === undefined ? {} : { force }) });
      await respond(ctx, id);
    }),

    remove: answering(async (ctx) => {
      const id = fileId(ctx);
      const { planner, sweeper } = getApp(strapi);
      await planner.plan(id, { source: 'admin', optOut: true });
      await removeVariants(strapi, id);
      await sweeper.asset(id);
      await respond(ctx, id);
    }),
  };
};
