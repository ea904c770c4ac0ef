import { codeOf, isDatabaseAway } from '../../database-away';
import { canSkipLocked } from '../../transaction';
import type { Core } from '@strapi/strapi';
import { type Check, duration, finding, LIMIT_MS, textFact, well, yesNo } from '../check';

export const database: Check = {
  id: 'database',
  limitMs: LIMIT_MS,
  async look({ strapi }) {
    const { client } = strapi.db.dialect;
    const kind = [textFact('kind', client)];
    try {
      const asked = performance.now();
      const version = await versionOf(strapi);
      const facts = [...kind, textFact('version', version), duration('answer', performance.now() - asked)];
      // SQLite serves one node, which waits for nobody.
      if (client === 'sqlite') return well(facts);
      const skips = await canSkipLocked(strapi);
      const told = [...facts, yesNo('skip-locked', skips)];
      return skips ? well(told) : finding('warning', 'database.no-skip-locked', told);
    } catch (error) {
      if (!isDatabaseAway(error)) throw error;
      return finding('error', 'database.away', [...kind, textFact('cause', codeOf(error) || null)]);
    }
  },
};

const QUESTIONS: Record<string, string> = {
  postgres: "select current_setting('server_version') as version",
  mysql: 'select version() as version',
  sqlite: 'select sqlite_version() as version',
};

/** PostgreSQL answers `{ rows }`, MySQL `[rows, fields]`, SQLite the rows. */
async function versionOf(strapi: Core.Strapi): Promise<string | null> {
  const question = QUESTIONS[strapi.db.dialect.client];
  if (question === undefined) return null;
  const answer: unknown = await strapi.db.connection.raw(question);
  const list = Array.isArray(answer) ? (answer as unknown[]) : (answer as { rows: unknown[] }).rows;
  const [first] = Array.isArray(list[0]) ? (list[0] as unknown[]) : list;
  return (first as { version?: string } | undefined)?.version ?? null;
}
