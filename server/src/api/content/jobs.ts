import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import { getApp } from '../../app';
import { CutoutError } from '../../errors';
import { JOB, type JobRow } from '../../tables/jobs';
import { answering, jsonBody, parseInput } from '../respond';
import { type JobListResponse, jobParams, jobQuery, type JobResponse, retryRequest } from './contracts';
import { paged } from './paged';
import { viewJob } from './views';

const OPEN: readonly JobRow['state'][] = ['queued', 'running', 'held'];

/** `/api/cutout/jobs…`: what was asked and what became of it. */
export const jobsController = ({ strapi }: { strapi: Core.Strapi }) => {
  const jobs = () => strapi.db.query(JOB);

  const open = async (ctx: Context): Promise<JobRow> => {
    const { id } = parseInput(jobParams, ctx.params, 'id');
    const job = (await jobs().findOne({ where: { id } })) as JobRow | null;
    if (!job) throw new CutoutError('job.missing', `There is no job ${id}.`);
    return job;
  };

  const answerNewest = async (ctx: Context, fileId: number): Promise<void> => {
    const job = await getApp(strapi).jobs.latest(fileId);
    if (!job) throw new CutoutError('job.missing', `Asset ${fileId} has no job any more.`);
    ctx.body = { data: viewJob(job) } satisfies JobResponse;
  };

  return {
    find: answering(async (ctx) => {
      const { pagination, sort, filters } = parseInput(jobQuery, ctx.query, 'query');
      const where = {
        ...(filters.state ? { state: { $in: filters.state } } : {}),
        ...(filters.fileId ? { fileId: { $in: filters.fileId } } : {}),
      };
      const rows = (await jobs().findMany({
        where,
        orderBy: { [sort.column]: sort.order },
        limit: pagination.pageSize,
        offset: (pagination.page - 1) * pagination.pageSize,
      })) as JobRow[];
      ctx.body = paged(rows.map(viewJob), await jobs().count({ where }), pagination) satisfies JobListResponse;
    }),

    findOne: answering(async (ctx) => {
      ctx.body = { data: viewJob(await open(ctx)) } satisfies JobResponse;
    }),

    /** Ends all that is asked of the job's asset and has not come to an end. */
    cancel: answering(async (ctx) => {
      const { id, fileId, state } = await open(ctx);
      if (!OPEN.includes(state)) throw new CutoutError('job.state', `Job ${id} cannot be cancelled: it is ${state}.`);
      await getApp(strapi).cancel(fileId);
      await answerNewest(ctx, fileId);
    }),

    /** Asks again for what the job's asset wants now. */
    retry: answering(async (ctx) => {
      const { id, fileId, state } = await open(ctx);
      const { force } = parseInput(retryRequest, jsonBody(ctx), 'body');
      if (state === 'held' && !force) {
        const message = `Job ${id} is held for a decision; with "force" it is made, and may cost a credit once more.`;
        throw new CutoutError('job.state', message);
      }
      await getApp(strapi).planner.plan(fileId, { source: 'api', asked: true, ...(force ? { force } : {}) });
      ctx.status = 202;
      await answerNewest(ctx, fileId);
    }),
  };
};
