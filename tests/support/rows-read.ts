import type { Core } from '@strapi/strapi';

interface Statement {
  sql: string;
  bindings: unknown[];
}

/** The statements that `work` sends to the database. */
export async function statementsOf(strapi: Core.Strapi, work: () => Promise<unknown>): Promise<Statement[]> {
  const seen: Statement[] = [];
  const note = ({ sql, bindings }: Statement) => void seen.push({ sql, bindings });
  strapi.db.connection.on('query', note);
  try {
    await work();
  } finally {
    strapi.db.connection.removeListener('query', note);
  }
  return seen;
}

/** Of these, the ones that read assets and their jobs; the app's own rounds send others all the time. */
export const ofAssets = (statements: Statement[]): Statement[] =>
  statements.filter(({ sql }) =>
    /\b(files|files_related_mph|cutout_assets|cutout_mattes|newest)\b|cutout_jobs.{1,3} as .t0/.test(sql),
  );

interface PlanNode {
  'Node Type': string;
  'Actual Rows'?: number;
  'Actual Loops'?: number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  Plans?: PlanNode[];
}

/** How many rows a select makes the database read, as the database itself counts them; null where it does not (SQLite). */
export async function rowsRead(strapi: Core.Strapi, { sql, bindings }: Statement): Promise<number | null> {
  const { client } = strapi.db.dialect;
  if (client === 'postgres') {
    const numbered = sql.replace(/\$\d+/g, '?');
    const answer = (await strapi.db.connection.raw(
      `explain (analyze, format json) ${numbered}`,
      bindings as never,
    )) as unknown as { rows: { 'QUERY PLAN': { Plan: PlanNode }[] }[] };
    return scanned(answer.rows[0]!['QUERY PLAN'][0]!.Plan);
  }
  if (client !== 'mysql') return null;
  return strapi.db.connection.transaction(async (trx) => {
    await trx.raw('flush status');
    await trx.raw(sql, bindings as never);
    const [rows] = (await trx.raw("show session status like 'Handler_read%'")) as unknown as [{ Value: string }[]];
    return rows.reduce((sum, { Value }) => sum + Number(Value), 0);
  });
}

function scanned(node: PlanNode): number {
  const own = node['Node Type'].includes('Scan')
    ? ((node['Actual Rows'] ?? 0) +
        (node['Rows Removed by Filter'] ?? 0) +
        (node['Rows Removed by Index Recheck'] ?? 0)) *
      (node['Actual Loops'] ?? 1)
    : 0;
  return own + (node.Plans ?? []).reduce((sum, child) => sum + scanned(child), 0);
}
