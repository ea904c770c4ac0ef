import type { Core } from '@strapi/strapi';
import { LEDGER, type LedgerOutcome, type LedgerRow } from '../tables/ledger';
import type { EngineId, JobSource } from '../words';

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

    async totals(since, until) {
      // A paid call is one credit, so counting rows is adding credits; only a hold stands for several. A call counts
      // where it ended, which is where the account counts it.
      const ended = (outcome: LedgerOutcome) => rows().count({ where: { outcome, updatedAt: span(since, until) } });
      const holds = (await rows().findMany({ select: ['credits'], where: { outcome: 'held' } })) as LedgerRow[];
      return {
        charged: await ended('charged'),
        unknown: await ended('unknown'),
        reserved: await rows().count({ where: { outcome: 'reserved' } }),
        held: holds.reduce((total, row) => total + row.credits, 0),
      };
    },

    openAt(moment) {
      const at = new Date(moment);
      const endedLater = { outcome: { $in: ['charged', 'unknown'] }, updatedAt: { $gte: at } };
      return rows().count({ where: { createdAt: { $lt: at }, $or: [{ outcome: 'reserved' }, endedLater] } });
    },

    savings: (since, until) => countSavings(strapi, span(since, until)),
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
