import type { Core } from '@strapi/strapi';
import { JOB, type JobRow } from '../tables/jobs';

/** A job, and when its row was written last. */
export interface Written {
  id: number;
  /** Milliseconds since the epoch, by the clock of the database. */
  at: number;
}

/** An index alone answers with so much; rows are read of what is new. */
const PAGE = 2000;

/**
 * Jobs written at a moment or later, page by page, in the order of their writing.
 * @param fileIds of these assets alone; of all when null
 */
export async function* writtenSince(
  strapi: Core.Strapi,
  moment: number,
  fileIds: readonly number[] | null = null,
): AsyncGenerator<Written[]> {
  const { tableName } = strapi.db.metadata.get(JOB);
  for (let last: WrittenRow | undefined; ;) {
    const query = strapi.db
      .getConnection(tableName)
      .select('id', 'updated_at')
      .where('updated_at', '>=', last?.updated_at ?? new Date(moment))
      .orderBy(['updated_at', 'id'])
      .limit(PAGE);
    if (fileIds) query.whereIn('file_id', fileIds);
    if (last) query.whereRaw('(??, ??) > (?, ?)', ['updated_at', 'id', last.updated_at, last.id]);
    const page = (await query) as WrittenRow[];
    if (page.length > 0) yield page.map(({ id, updated_at }) => ({ id, at: new Date(updated_at).getTime() }));
    if (page.length < PAGE) return;
    last = page.at(-1);
  }
}

interface WrittenRow {
  id: number;
  updated_at: Date | string | number;
}

/** Few enough to be told at once. */
const BATCH = 200;

/** Rows of these jobs in the order of their ids as they are given, some at a time; those that are gone are left out. */
export async function* readJobs(strapi: Core.Strapi, ids: readonly number[]): AsyncGenerator<JobRow[]> {
  for (let from = 0; from < ids.length; from += BATCH) {
    const batch = ids.slice(from, from + BATCH);
    const found = (await strapi.db.query(JOB).findMany({ where: { id: { $in: batch } } })) as JobRow[];
    const rows = new Map(found.map((row) => [row.id, row]));
    yield batch.flatMap((id) => rows.get(id) ?? []);
  }
}
