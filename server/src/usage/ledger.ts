import type { Core } from '@strapi/strapi';
import { LEDGER, type LedgerOutcome, type LedgerRow } from '../tables/ledger';
import { inTransaction } from '../transaction';
import type { EngineId, JobSource } from '../words';
import { countDays, type DayCount } from './days';
import type { Window } from './window';

export interface LedgerEntry {
  job: { id: number; fileId: number; source: JobSource };
  engine: EngineId;
  model: string;
  sourceHash: string;
}

export interface Totals {
  /** Credits of calls that ended so in the span. */
  charged: number;
  unknown: number;
  /** Credits of calls under way, and set aside for bulk runs, whenever that began. */
  reserved: number;
  held: number;
}

export interface Savings {
  /** Pictures that the local engine cut out. */
  local: number;
  /** Jobs that took a matte which another one had paid for. */
  storedMatte: number;
}

export interface Ledger {
  /** Work that cost nothing: a local run, or a matte that was there already. */
  recordFree(entry: LedgerEntry, reason: 'local' | 'stored-matte'): Promise<void>;
  /**
   * How a reserved call ended, told by whoever made it. `free` frees the bytes for another try; `unknown` keeps them
   * from being sent again. Somebody else may have taken the caller for dead and the outcome for unknown: it is put right.
   * @returns false when the row says something else already
   */
  settle(
    id: number,
    outcome: Extract<LedgerOutcome, 'charged' | 'free' | 'unknown'>,
    reason: string | null,
  ): Promise<boolean>;
  find(id: number): Promise<LedgerRow | null>;
  /** Credits of a span, from its first moment up to its last, milliseconds since the epoch; up to now without one. */
  totals(since: number, until?: number): Promise<Totals>;
  /** Credits of calls that were under way at a moment, whatever became of them: an account may count them or not yet. */
  openAt(moment: number): Promise<number>;
  savings(since: number, until?: number): Promise<Savings>;
  /** See usage/days. */
  days(span: Pick<Window, 'startsAt' | 'endsAt'>): Promise<DayCount[]>;
}

export function createLedger(strapi: Core.Strapi, now: () => number): Ledger {
  const rows = () => strapi.db.query(LEDGER);
  const span = (since: number, until?: number) => ({
    $gte: new Date(since),
    ...(until === undefined ? {} : { $lt: new Date(until) }),
  });

  return {
    async recordFree({ job, ...entry }, reason) {
      const { id: jobId, fileId, source } = job;
      const at = new Date(now());
      const work = { ...entry, jobId, fileId, source, reason };
      await rows().create({ data: { ...work, credits: 0, outcome: 'free', createdAt: at, updatedAt: at } });
    },

    async settle(id, outcome, reason) {
      const freed = outcome === 'free' ? { claim: null, credits: 0 } : {};
      const data = { outcome, reason, leaseUntil: null, updatedAt: new Date(now()), ...freed };
      const { count } = await rows().updateMany({ where: { id, outcome: { $in: ['reserved', 'unknown'] } }, data });
      return count === 1;
    },

    find: async (id) => (await rows().findOne({ where: { id } })) as LedgerRow | null,

    totals: (since, until) => countTotals(strapi, since, until),

    openAt(moment) {
      const at = new Date(moment);
      const endedLater = { outcome: { $in: ['charged', 'unknown'] }, updatedAt: { $gte: at } };
      return rows().count({ where: { createdAt: { $lt: at }, $or: [{ outcome: 'reserved' }, endedLater] } });
    },

    savings: (since, until) => countSavings(strapi, span(since, until)),
    days: (of) => countDays(strapi, of),
  };
}

interface TotalRow {
  outcome: string;
  credits: number | string | null;
}

/**
 * In one statement, so of one moment: a call that ended between two would be missing in both, and its credit be spent
 * twice. A paid call is one credit, so counting rows is adding credits; only a hold stands for several. A call counts
 * where it ended, which is where the account counts it.
 */
async function countTotals(strapi: Core.Strapi, since: number, until?: number): Promise<Totals> {
  const { connection } = strapi.db;
  const count = (outcome: LedgerOutcome) =>
    strapi.db
      .getConnection('cutout_ledger')
      .where({ outcome })
      .select(connection.raw('? as outcome', [outcome]))
      .count('* as credits');
  const ended = (outcome: LedgerOutcome) => {
    const query = count(outcome).where('updated_at', '>=', new Date(since));
    return until === undefined ? query : query.where('updated_at', '<', new Date(until));
  };
  const held = strapi.db
    .getConnection('cutout_ledger')
    .where({ outcome: 'held' })
    .select(connection.raw("'held' as outcome"))
    .sum('credits as credits');
  const parts = count('reserved').unionAll([ended('charged'), ended('unknown'), held]);
  // On SQLite a query beside a transaction under way would wait for the only connection for ever.
  const rows = await inTransaction<TotalRow[]>(strapi, ({ trx }) => parts.transacting(trx as never));
  const creditsOf = (outcome: keyof Totals) => Number(rows.find((row) => row.outcome === outcome)?.credits ?? 0);
  return {
    charged: creditsOf('charged'),
    unknown: creditsOf('unknown'),
    reserved: creditsOf('reserved'),
    held: creditsOf('held'),
  };
}

/**
 * A picture cut out twice saves one credit, and so does a job that is tried again; a job that finds the matte which it
 * has paid for itself saves none.
 */
async function countSavings(strapi: Core.Strapi, createdAt: { $gte: Date; $lt?: Date }): Promise<Savings> {
  const free = (reason: string) => {
    const query = strapi.db.getConnection('cutout_ledger').where({ outcome: 'free', reason });
    query.where('created_at', '>=', createdAt.$gte);
    if (createdAt.$lt) query.where('created_at', '<', createdAt.$lt);
    return query;
  };
  const paidItself = strapi.db
    .getConnection('cutout_ledger as paid')
    .select(strapi.db.connection.raw('1'))
    .whereIn('paid.outcome', ['charged', 'unknown'])
    .whereRaw('?? = ??', ['paid.job_id', 'cutout_ledger.job_id'])
    .whereRaw('?? = ??', ['paid.source_hash', 'cutout_ledger.source_hash']);
  const [local] = await free('local').countDistinct('source_hash as count');
  const [storedMatte] = await free('stored-matte')
    .where({ engine: 'remote' })
    .whereNotExists(paidItself)
    .countDistinct('job_id as count');
  return { local: Number(local?.count), storedMatte: Number(storedMatte?.count) };
}
