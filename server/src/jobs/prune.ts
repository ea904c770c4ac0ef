import type { Core } from '@strapi/strapi';
import { agedPages } from '../pages';
import { JOB } from '../tables/jobs';
import type { JobState } from '../words';

/** A held one waits for a person, however long. */
const ENDED: JobState[] = ['done', 'skipped', 'failed', 'cancelled'];

interface EndedRow {
  id: number;
  file_id: number;
  updated_at: Date;
}

/**
 * Deletes jobs that ended before a moment, but for the newest of each asset: decisions go by that one.
 * @returns how many
 */
export async function pruneJobs(strapi: Core.Strapi, before: Date, signal: AbortSignal): Promise<number> {
  const { tableName } = strapi.db.metadata.get(JOB);
  let deleted = 0;
  for (const state of ENDED) {
    const pages = { tableName, where: { state }, columns: ['file_id'], before };
    for await (const page of agedPages<EndedRow>(strapi, pages)) {
      signal.throwIfAborted();
      const newest = await newestOf(
        strapi,
        page.map((row) => row.file_id),
      );
      const ids = page.filter(({ id, file_id }) => newest.get(file_id) !== id).map(({ id }) => id);
      if (ids.length > 0) deleted += (await strapi.db.query(JOB).deleteMany({ where: { id: { $in: ids } } })).count;
    }
  }
  return deleted;
}

/** Ids of the newest jobs of these assets; a job made meanwhile is newer still. */
async function newestOf(strapi: Core.Strapi, fileIds: number[]): Promise<Map<number, number>> {
  const rows = (await strapi.db
    .getConnection(strapi.db.metadata.get(JOB).tableName)
    .whereIn('file_id', [...new Set(fileIds)])
    .groupBy('file_id')
    .select('file_id')
    .max('id as newest')) as unknown as { file_id: number; newest: number }[];
  return new Map(rows.map((row) => [row.file_id, Number(row.newest)]));
}
