import { setTimeout as sleep } from 'node:timers/promises';
import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import { getApp } from '../../app';
import { CutoutError } from '../../errors';
import { ask, demandPresets, wantsWhenAsked } from '../ask';
import { answering, parseInput } from '../respond';
import { type FileListResponse, fileQuery, type FileResponse, type FileView, processRequest } from './contracts';
import { findFiles } from './find-files';
import { openFile } from './open-file';
import { isUnderWay, secondsTo } from './under-way';
import { viewFiles } from './views';
import { paged } from './paged';

/** How often whoever waits for a cutout looks whether it is there. */
const LOOK_MS = 150;

/** `/api/cutout/files…`: assets with their cutouts, for sites and other programs. */
export const filesController = ({ strapi }: { strapi: Core.Strapi }) => {
  const view = async (id: number): Promise<FileView> => {
    const [file] = await viewFiles(strapi, [id]);
    if (!file) throw new CutoutError('asset.missing', `There is no asset ${id}.`);
    return file;
  };

  /** While it is being made: what is there, and when to come back. */
  const answer = async (ctx: Context, id: number): Promise<void> => {
    const data = await view(id);
    if (isUnderWay(data.status)) {
      ctx.status = 202;
      ctx.set('Retry-After', String(secondsTo(data.job?.retryAt ?? null)));
    }
    ctx.body = { data } satisfies FileResponse;
  };

  const waitFor = async (id: number, seconds: number): Promise<void> => {
    const until = performance.now() + seconds * 1000;
    while (performance.now() < until) {
      const job = await getApp(strapi).jobs.latest(id);
      if (!job || !['queued', 'running'].includes(job.state)) return;
      await sleep(LOOK_MS);
    }
  };

  return {
    find: answering(async (ctx) => {
      const query = parseInput(fileQuery, ctx.query, 'query');
      const { ids, total } = await findFiles(strapi, query);
      ctx.body = paged(await viewFiles(strapi, ids), total, query.pagination) satisfies FileListResponse;
    }),

    findOne: answering(async (ctx) => {
      ctx.body = { data: await view((await openFile(strapi, ctx)).id) } satisfies FileResponse;
    }),

    process: answering(async (ctx) => {
      const file = await openFile(strapi, ctx);
      const body = parseInput(processRequest, ctx.request.body ?? {}, 'body');
      demandPresets(strapi, body.presets ?? []);
      await ask(strapi, file, body, { source: 'api', wants: await wantsWhenAsked(strapi, file) });
      await waitFor(file.id, body.wait);
      await answer(ctx, file.id);
    }),
  };
};
