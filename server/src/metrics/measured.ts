import type { Core } from '@strapi/strapi';
import { JOB, type JobRow } from '../tables/jobs';
import type { WorkMetrics } from './work';

type Run<Job> = (job: Job, signal: AbortSignal) => Promise<void>;

/** Notes how each run ended, as its row says. */
export function measured<Job extends Pick<JobRow, 'id'>>(
  strapi: Core.Strapi,
  metrics: Pick<WorkMetrics, 'ended'>,
  run: Run<Job>,
): Run<Job> {
  return async (job, signal) => {
    const began = performance.now();
    await run(job, signal);
    const row = (await strapi.db.query(JOB).findOne({ where: { id: job.id } })) as JobRow | null;
    // Gone with its asset, or another process has it.
    if (row && row.state !== 'running') metrics.ended(row, (performance.now() - began) / 1000);
  };
}
