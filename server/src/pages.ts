import type { Core } from '@strapi/strapi';

interface AgedRow {
  id: number;
  updated_at: Date | string | number;
}

export interface AgedPages {
  tableName: string;
  /** Column values that the rows have; the first columns of an index that goes on with `updated_at` and `id`. */
  where: Record<string, string>;
  /** Further columns to read. */
  columns: readonly string[];
  /** Rows written last before this moment, and since that one. */
  before: Date;
  since?: Date;
}

const PAGE = 500;

/** Rows that nobody has written for long, page by page, the oldest first: the beginning of an index's range each time. */
export async function* agedPages<Row extends AgedRow>(strapi: Core.Strapi, pages: AgedPages): AsyncGenerator<Row[]> {
  const { tableName, where, columns, before, since } = pages;
  for (let last: AgedRow | undefined; ;) {
    const query = strapi.db
      .getConnection(tableName)
      .select('id', 'updated_at', ...columns)
      .where(where)
      .where('updated_at', '<', before)
      .orderBy(['updated_at', 'id'])
      .limit(PAGE);
    if (since) query.where('updated_at', '>=', since);
    if (last) {
      query.where('updated_at', '>=', last.updated_at);
      query.whereRaw('(??, ??) > (?, ?)', ['updated_at', 'id', last.updated_at, last.id]);
    }
    const page = (await query) as Row[];
    if (page.length > 0) yield page;
    if (page.length < PAGE) return;
    last = page.at(-1);
  }
}
