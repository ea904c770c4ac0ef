import type { Core } from '@strapi/strapi';
import { findFiles } from '../find-files';
import { answering, jsonBody, parseInput, secondsTo } from '../respond';
import { findFile, processFile, viewFile } from './actions';
import { type FileListResponse, fileQuery, type FileResponse } from './contracts';
import { paged } from './paged';
import { isUnderWay } from './under-way';
import { viewFiles } from './views';

/** `/api/cutout/files…`: assets with their cutouts, for sites and other programs. */
export const filesController = ({ strapi }: { strapi: Core.Strapi }) => ({
  find: answering(async (ctx) => {
    const query = parseInput(fileQuery, ctx.query, 'query');
    const { ids, total } = await findFiles(strapi, query);
    ctx.body = paged(await viewFiles(strapi, ids), total, query.pagination) satisfies FileListResponse;
  }),

  findOne: answering(async (ctx) => {
    const { id } = await findFile(strapi, String(ctx.params.id));
    ctx.body = { data: await viewFile(strapi, id) } satisfies FileResponse;
  }),

  process: answering(async (ctx) => {
    const file = await findFile(strapi, String(ctx.params.id));
    await processFile(strapi, file, jsonBody(ctx));
    const data = await viewFile(strapi, file.id);
    // What is there, and when to come back for the rest.
    if (isUnderWay(data.status)) {
      ctx.status = 202;
      ctx.set('Retry-After', String(secondsTo(data.job?.retryAt ?? null)));
    }
    ctx.body = { data } satisfies FileResponse;
  }),
});
