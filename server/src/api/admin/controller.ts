import { setTimeout as sleep } from 'node:timers/promises';
import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import { z } from 'zod';
import { getApp } from '../../app';
import { findAsset } from '../../assets/asset';
import { variantKey } from '../../assets/keys';
import { CutoutError } from '../../errors';
import { readWants } from '../../rules/read-wants';
import type { WantInputs, Wants } from '../../rules/wants';
import { removeVariants } from '../../pipeline/remove-variants';
import {
  type AccountCheckResponse,
  type AssetResponse,
  type AssetRights,
  type OverviewResponse,
  runRequest,
  type UsageResponse,
} from '../contracts';
import { ask, demandPresets, wantsWhenAsked } from '../ask';
import { answering, parseInput } from '../respond';
import { readStatus } from '../status';
import { accountProblem, reportUsage } from '../usage';
import { accessFile, type FileAccess, mayCost, type Right } from './rights';

/** So long the overview may take to look at the model. */
const LOOK_MS = 2000;

const params = z.object({ id: z.coerce.number().int().positive() });

/** Answers what the admin panel asks; shapes in api/contracts.ts. */
export const adminController = ({ strapi }: { strapi: Core.Strapi }) => {
  const open = (ctx: Context, right: Right): Promise<FileAccess> =>
    accessFile(strapi, ctx, parseInput(params, ctx.params, 'id').id, right);

  const wantsOf = async ({ file }: FileAccess, asset: WantInputs['asset']): Promise<Wants | null> => {
    const { id, folderPath } = file;
    return (await readWants(strapi, getApp(strapi).config.rules, [{ id, folderPath, asset }])).get(id) ?? null;
  };

  /** What is made once the wish is taken back. */
  const wantsWithoutWish = async (access: FileAccess): Promise<Wants | null> => {
    const asset = await findAsset(strapi, access.file.id);
    return wantsOf(access, { wish: null, optedOut: asset?.optedOut ?? false });
  };

  const costs = ({ file }: FileAccess, wants: Wants | null): boolean =>
    mayCost(wants?.engine, file, getApp(strapi).config.remote.apiKey !== null);

  const rightsOf = async (access: FileAccess): Promise<AssetRights> => {
    if (!access.can('edit')) return { run: false, force: false, forgetWish: false };
    if (access.can('pay')) return { run: true, force: true, forgetWish: true };
    const run = !costs(access, await wantsWhenAsked(strapi, access.file));
    return { run, force: false, forgetWish: !costs(access, await wantsWithoutWish(access)) };
  };

  const respond = async (ctx: Context, access: FileAccess): Promise<void> => {
    const { id } = access.file;
    const status = await readStatus(strapi, id);
    if (!status) throw new CutoutError('asset.missing', `There is no asset ${id}.`);
    ctx.body = { data: { ...status, may: await rightsOf(access) } } satisfies AssetResponse;
  };

  return {
    overview: answering(async (ctx) => {
      const { config, engines, service, localModel } = getApp(strapi);
      // Weights that are hashed just now do not keep the answer; the next one tells.
      await Promise.race([localModel.look(), sleep(LOOK_MS, undefined, { ref: false })]);
      const presets = Object.keys(config.presets).map((name) => ({ name, key: variantKey(name) }));
      const local = { model: config.local.model, problem: engines.local.problem() };
      const remote = service
        ? { configured: true, problem: accountProblem(service) }
        : { configured: false, problem: engines.remote.problem() };
      ctx.body = { data: { presets, engines: { local, remote } } } satisfies OverviewResponse;
    }),

    usage: answering(async (ctx) => {
      const app = getApp(strapi);
      ctx.body = { data: await reportUsage(app, app.clock.now()) } satisfies UsageResponse;
    }),

    checkAccount: answering(async (ctx) => {
      const problem = await getApp(strapi).checkAccount();
      ctx.body = { data: { ok: problem === null, problem } } satisfies AccountCheckResponse;
    }),

    findOne: answering(async (ctx) => respond(ctx, await open(ctx, 'read'))),

    run: answering(async (ctx) => {
      const access = await open(ctx, 'edit');
      const body = parseInput(runRequest, ctx.request.body ?? {}, 'body');
      demandPresets(strapi, body.presets ?? []);
      const wants = await wantsWhenAsked(strapi, access.file);
      const { engine, force } = body;
      if (force || (engine ? engine !== 'local' : costs(access, wants))) access.demand('pay');
      await ask(strapi, access.file, body, { source: 'admin', wants });
      await respond(ctx, access);
    }),

    cancel: answering(async (ctx) => {
      const access = await open(ctx, 'edit');
      await getApp(strapi).cancel(access.file.id);
      await respond(ctx, access);
    }),

    forgetWish: answering(async (ctx) => {
      const access = await open(ctx, 'edit');
      if (costs(access, await wantsWithoutWish(access))) access.demand('pay');
      await getApp(strapi).planner.plan(access.file.id, { source: 'admin', unwish: true });
      await respond(ctx, access);
    }),

    remove: answering(async (ctx) => {
      const access = await open(ctx, 'edit');
      const { id } = access.file;
      const { planner, sweepSoon } = getApp(strapi);
      await planner.plan(id, { source: 'admin', optOut: true });
      await removeVariants(strapi, id);
      await sweepSoon.asset(id);
      await respond(ctx, access);
    }),
  };
};
