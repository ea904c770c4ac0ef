import type { Core } from '@strapi/strapi';
import { JOB } from '../tables/jobs';

/**
 * Ids of the newest jobs of these assets, by asset; a job made meanwhile is newer still. Not within a transaction: on
 * SQLite it would wait for the only connection for ever.
 */
export async function newestJobs(strapi: Core.Strapi, fileIds: readonly number[]): Promise<Map<number, number>> {
  if (fileIds.length === 0) return new Map();
  // Strapi's query builder does not group.
  const rows = (await strapi.db
    .getConnection(strapi.db.metadata.get(JOB).tableName)
    .whereIn('file_id', [...new Set(fileIds)])
    .groupBy('file_id')
    .select('file_id')
    .max('id as newest')) as unknown as { file_id: number; newest: number }[];
  return new Map(rows.map((row) => [row.file_id, Number(row.newest)]));
}
