import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import { z } from 'zod';
import { getApp } from '../../app';
import { findAsset } from '../../assets/asset';
import { CutoutError } from '../../errors';
import { readWants } from '../../rules/read-wants';
import type { WantInputs, Wants } from '../../rules/wants';
import { setAccepted } from '../../pipeline/accept';
import {
  type AccountCheckResponse,
  rowId,
  type AssetResponse,
  assetsQuery,
  type OverviewResponse,
  runRequest,
} from '../contracts';
import { demandPresets } from '../ask';
import { answering, parseInput } from '../respond';
import { readOverview } from '../overview';
import { createChanges } from './changes';
import { READ_USAGE } from './permissions';
import { answerMany } from './answer-many';
import { accessFile, accessFiles, type FileAccess, type Right } from './rights';
import { viewAssets } from './view-assets';

const params = z.object({ id: rowId });

/** Answers what the admin panel asks; shapes in api/contracts.ts. */
export const adminController = ({ strapi }: { strapi: Core.Strapi }) => {
  const changes = createChanges(strapi);
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

  const respond = async (ctx: Context, access: FileAccess): Promise<void> => {
    const [view] = await viewAssets(strapi, [access]);
    if (!view) throw new CutoutError('asset.missing', `There is no asset ${access.file.id}.`);
    ctx.body = { data: view } satisfies AssetResponse;
  };

  const accept = async (ctx: Context, isAccepted: boolean): Promise<void> => {
    const access = await open(ctx, 'edit');
    const { id } = access.file;
    if (!(await setAccepted(strapi, id, isAccepted))) {
      throw new CutoutError('asset.missing', `Asset ${id} has no cutout to accept.`);
    }
    await respond(ctx, access);
  };

  return {
    overview: answering(async (ctx) => {
      const ability = ctx.state.userAbility as { can(action: string): boolean };
      ctx.body = { data: await readOverview(strapi, ability.can(READ_USAGE)) } satisfies OverviewResponse;
    }),

    checkAccount: answering(async (ctx) => {
      const problem = await getApp(strapi).checkAccount();
      ctx.body = { data: { ok: problem === null, problem } } satisfies AccountCheckResponse;
    }),

    find: answering(async (ctx) => {
      const { ids } = parseInput(assetsQuery, ctx.query, 'query');
      ctx.body = await answerMany(strapi, await accessFiles(strapi, ctx, ids), ids, (access) => access.can('read'));
    }),

    findOne: answering(async (ctx) => respond(ctx, await open(ctx, 'read'))),

    run: answering(async (ctx) => {
      const access = await open(ctx, 'edit');
      const body = parseInput(runRequest, ctx.request.body ?? {}, 'body');
      demandPresets(strapi, body.presets ?? []);
      await changes.run(access, body);
      await respond(ctx, access);
    }),

    cancel: answering(async (ctx) => {
      const access = await open(ctx, 'edit');
      await getApp(strapi).cancel(access.file.id);
      await respond(ctx, access);
    }),

    accept: answering((ctx) => accept(ctx, true)),

    takeBackAccept: answering((ctx) => accept(ctx, false)),

    forgetWish: answering(async (ctx) => {
      const access = await open(ctx, 'edit');
      if (changes.costs(access, await wantsWithoutWish(access))) access.demand('pay');
      await getApp(strapi).planner.plan(access.file.id, { source: 'admin', unwish: true });
      await respond(ctx, access);
    }),

    remove: answering(async (ctx) => {
      const access = await open(ctx, 'edit');
      await changes.remove(access);
      await respond(ctx, access);
    }),
  };
};
