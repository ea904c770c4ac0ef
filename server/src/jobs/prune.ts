import type { Core } from '@strapi/strapi';
import type { BulkState } from '../bulk-words';
import { agedPages } from '../pages';
import { BULK_RUN } from '../tables/bulk-runs';
import { JOB } from '../tables/jobs';
import type { JobState } from '../words';
import { newestJobs } from './newest';

/** A held one waits for a person, however long. */
const ENDED: JobState[] = ['done', 'skipped', 'failed', 'cancelled'];

interface EndedRow {
  id: number;
  file_id: number;
  bulk: number | null;
  updated_at: Date;
}

/**
 * Deletes jobs that ended before a moment, but for the newest of each asset, which decisions go by, and those of bulk runs
 * that have not ended, which the runs count.
 * @returns how many
 */
export async function pruneJobs(strapi: Core.Strapi, before: Date, signal: AbortSignal): Promise<number> {
  const { tableName } = strapi.db.metadata.get(JOB);
  const counted = await unfinishedRuns(strapi);
  let deleted = 0;
  for (const state of ENDED) {
    const pages = { tableName, where: { state }, columns: ['file_id', 'bulk'], before };
    for await (const page of agedPages<EndedRow>(strapi, pages)) {
      signal.throwIfAborted();
      const newest = await newestJobs(
        strapi,
        page.map((row) => row.file_id),
      );
      const older = page.filter(({ id, file_id }) => newest.get(file_id) !== id);
      const ids = older.filter(({ bulk }) => bulk === null || !counted.has(bulk)).map(({ id }) => id);
      if (ids.length > 0) deleted += (await strapi.db.query(JOB).deleteMany({ where: { id: { $in: ids } } })).count;
    }
  }
  return deleted;
}

async function unfinishedRuns(strapi: Core.Strapi): Promise<Set<number>> {
  const where = { state: { $in: ['planned', 'running', 'paused'] satisfies BulkState[] } };
  const runs = (await strapi.db.query(BULK_RUN).findMany({ select: ['id'], where })) as { id: number }[];
  return new Set(runs.map(({ id }) => id));
}
