import type { Core } from '@strapi/strapi';
import { lockFile } from '../assets/formats';
import { JOB, type JobRow } from '../tables/jobs';
import { inTransaction } from '../transaction';
import { priorityOf } from '../words';
import type { Runs } from './runs';

/** What a run has queued and nobody has begun. What a person asked for meanwhile is the run's no more, and stays. */
const queuedOf = (bulk: number) => ({ bulk, state: 'queued', priority: priorityOf('bulk') });
const PAGE = 100;

/** Ends a run's queued jobs as cancelled. */
export async function cancelQueued(strapi: Core.Strapi, bulk: number, now: () => number): Promise<void> {
  const reasonMessage = 'The bulk run that asked for it was ended.';
  await eachQueued(strapi, queuedOf(bulk), async (where) => {
    const at = new Date(now());
    const data = { state: 'cancelled', reasonCode: 'job.cancelled', reasonMessage, finishedAt: at, updatedAt: at };
    await strapi.db.query(JOB).updateMany({ where, data });
  });
}

/** Takes back a paused run's jobs that nobody has begun, as if they had not been planned; it goes on before them. */
export async function unplanQueued(strapi: Core.Strapi, runs: Runs, bulk: number): Promise<void> {
  let lowest: number | null = null;
  await eachQueued(strapi, { ...queuedOf(bulk), attempts: 0, waits: 0 }, async (where, { fileId }) => {
    const { count } = await strapi.db.query(JOB).deleteMany({ where });
    if (count > 0) lowest = Math.min(lowest ?? fileId, fileId);
  });
  if (lowest === null) return;
  const { lastFile } = await runs.find(bulk);
  await runs.change(bulk, ['paused'], { lastFile: Math.min(lastFile, lowest - 1), exhausted: false });
}

type QueuedJob = Pick<JobRow, 'id' | 'fileId'>;

/** Under each asset's lock: a plan that takes a queued job over, or a claim, comes before this or after it. */
async function eachQueued(
  strapi: Core.Strapi,
  queued: object,
  act: (where: object, job: QueuedJob) => Promise<void>,
): Promise<void> {
  for (let after = 0; ;) {
    const page = (await strapi.db.query(JOB).findMany({
      select: ['id', 'fileId'],
      where: { ...queued, id: { $gt: after } },
      orderBy: { id: 'asc' },
      limit: PAGE,
    })) as QueuedJob[];
    for (const job of page) {
      after = job.id;
      await inTransaction(strapi, async (scope) => {
        await lockFile(strapi, scope, job.fileId);
        await act({ ...queued, id: job.id }, job);
      });
    }
    if (page.length < PAGE) return;
  }
}
