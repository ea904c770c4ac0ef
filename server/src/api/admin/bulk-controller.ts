import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import { z } from 'zod';
import { getApp } from '../../app';
import { CutoutError } from '../../errors';
import { type BulkListResponse, bulkRequest, type BulkResponse, bulkStart } from '../contracts';
import { answering, parseInput } from '../respond';
import { PAY } from './permissions';

const params = z.object({ id: z.coerce.number().int().positive() });

/** Runs over the media library; shapes in api/contracts.ts. */
export const bulkController = ({ strapi }: { strapi: Core.Strapi }) => {
  const bulk = () => getApp(strapi).bulk;
  const idOf = (ctx: Context): number => parseInput(params, ctx.params, 'id').id;

  /** What may spend credits takes the permission for that, as it does for one asset. */
  const demandPay = async (ctx: Context): Promise<void> => {
    const { plan } = await bulk().find(idOf(ctx));
    const ability = ctx.state.userAbility as { can(action: string): boolean };
    if (getApp(strapi).service === null || plan.credits.atMost === 0 || ability.can(PAY)) return;
    throw new CutoutError('asset.forbidden', `The run may spend credits: your role lacks the permission '${PAY}'.`);
  };

  return {
    find: answering(async (ctx) => {
      ctx.body = { data: await bulk().list() } satisfies BulkListResponse;
    }),
    plan: answering(async (ctx) => {
      const request = parseInput(bulkRequest, ctx.request.body ?? {}, 'body');
      ctx.body = { data: await bulk().plan(request) } satisfies BulkResponse;
    }),
    findOne: answering(async (ctx) => {
      ctx.body = { data: await bulk().find(idOf(ctx)) } satisfies BulkResponse;
    }),
    start: answering(async (ctx) => {
      const { credits } = parseInput(bulkStart, ctx.request.body ?? {}, 'body');
      await demandPay(ctx);
      ctx.body = { data: await bulk().start(idOf(ctx), credits) } satisfies BulkResponse;
    }),
    pause: answering(async (ctx) => {
      ctx.body = { data: await bulk().pause(idOf(ctx)) } satisfies BulkResponse;
    }),
    resume: answering(async (ctx) => {
      await demandPay(ctx);
      ctx.body = { data: await bulk().resume(idOf(ctx)) } satisfies BulkResponse;
    }),
    cancel: answering(async (ctx) => {
      ctx.body = { data: await bulk().cancel(idOf(ctx)) } satisfies BulkResponse;
    }),
  };
};
