import type { Core } from '@strapi/strapi';
import { lockFile } from '../assets/formats';
import type { ErrorCode } from '../errors';
import { JOB } from '../tables/jobs';
import { inTransaction } from '../transaction';

export const CANCELLED = 'job.cancelled' satisfies ErrorCode;

/**
 * Ends an asset's jobs that have not come to an end. Under the asset's lock, so that a job either stores its cutouts and
 * is done, or is cancelled and stores nothing. Whoever holds one learns of it, see cancellable.ts.
 * @returns how many
 */
export function cancelJobs(strapi: Core.Strapi, now: () => number, fileId: number): Promise<number> {
  return inTransaction(strapi, async (scope) => {
    if (!(await lockFile(strapi, scope, fileId))) return 0;
    const at = new Date(now());
    const ended = { leaseToken: null, leaseUntil: null, progress: null, finishedAt: at, updatedAt: at };
    const reason = { reasonCode: CANCELLED, reasonMessage: 'A person cancelled it.' };
    const where = { fileId, state: { $in: ['queued', 'running', 'held'] } };
    return (await strapi.db.query(JOB).updateMany({ where, data: { state: 'cancelled', ...ended, ...reason } })).count;
  });
}
