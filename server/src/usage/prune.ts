import type { Core } from '@strapi/strapi';
import { agedPages } from '../pages';
import { LEDGER, type LedgerOutcome } from '../tables/ledger';
import type { Windows } from './windows';

const SETTLED: LedgerOutcome[] = ['free', 'charged', 'unknown'];
/** Calls so shortly before a window's start are compared with the account's count of it. */
const MARGIN_MS = 24 * 60 * 60_000;

interface SettledRow {
  id: number;
  claim: string | null;
  updated_at: Date;
}

/**
 * Deletes ledger rows that were settled before a moment and before the billing window under way. A row with a claim stays
 * for ever: it keeps its bytes from being paid for a second time.
 * @returns how many
 */
export async function pruneLedger(
  strapi: Core.Strapi,
  windows: Pick<Windows, 'current'>,
  before: Date,
  signal: AbortSignal,
): Promise<number> {
  const { startsAt } = await windows.current();
  const settledBefore = new Date(Math.min(before.getTime(), startsAt - MARGIN_MS));
  const { tableName } = strapi.db.metadata.get(LEDGER);
  let deleted = 0;
  for (const outcome of SETTLED) {
    const pages = { tableName, where: { outcome }, columns: ['claim'], before: settledBefore };
    for await (const page of agedPages<SettledRow>(strapi, pages)) {
      signal.throwIfAborted();
      const ids = page.filter(({ claim }) => claim === null).map(({ id }) => id);
      // Once more with its conditions: it may have been put right since.
      const where = { id: { $in: ids }, outcome, claim: null };
      if (ids.length > 0) deleted += (await strapi.db.query(LEDGER).deleteMany({ where })).count;
    }
  }
  return deleted;
}
