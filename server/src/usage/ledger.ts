import type { Core } from '@strapi/strapi';
import type { ClaimedJob } from '../jobs/queue';
import { LEDGER, type LedgerOutcome, type LedgerRow } from '../tables/ledger';

export interface LedgerEntry {
  job: Pick<ClaimedJob, 'id' | 'fileId' | 'source'>;
  engine: 'local' | 'remote';
  model: string;
  sourceHash: string;
}

export interface Totals {
  /** Credits by how the calls ended. */
  charged: number;
  unknown: number;
  reserved: number;
  held: number;
}

export interface Ledger {
  /** Work that cost nothing: a local run, or a matte that was there already. */
  recordFree(entry: LedgerEntry, reason: 'local' | 'stored-matte'): Promise<void>;
  /** How a reserved call ended. `free` frees the bytes for another try; `unknown` keeps them from being sent again. */
  settle(
    id: number,
    outcome: Extract<LedgerOutcome, 'charged' | 'free' | 'unknown'>,
    reason: string | null,
  ): Promise<void>;
  /** Credits since a moment, milliseconds since the epoch, until another. */
  totals(since: number, until?: number): Promise<Totals>;
  /** Units of work since a moment that cost no credit. */
  savings(since: number, until?: number): Promise<{ local: number; storedMatte: number }>;
}

export function createLedger(strapi: Core.Strapi, now: () => number = Date.now): Ledger {
  const rows = () => strapi.db.query(LEDGER);
  const span = (since: number, until = now() + 1000) => ({
    createdAt: { $gte: new Date(since), $lt: new Date(until) },
  });

  return {
    async recordFree({ job, ...entry }, reason) {
      const { id: jobId, fileId, source } = job;
      const at = new Date(now());
      const data = {
        ...entry,
        jobId,
        fileId,
        source,
        reason,
        credits: 0,
        outcome: 'free',
        createdAt: at,
        updatedAt: at,
      };
      await rows().create({ data });
    },

    async settle(id, outcome, reason) {
      const data = {
        outcome,
        reason,
        updatedAt: new Date(now()),
        ...(outcome === 'free' ? { claim: null, credits: 0 } : {}),
      };
      await rows().updateMany({ where: { id, outcome: 'reserved' }, data });
    },

    async totals(since, until) {
      const where = span(since, until);
      // A paid call is one credit, so counting rows is adding credits; only a hold stands for several.
      const calls = (outcome: LedgerOutcome) => rows().count({ where: { ...where, outcome } });
      const holds = (await rows().findMany({
        select: ['credits'],
        where: { ...where, outcome: 'held' },
      })) as Pick<LedgerRow, 'credits'>[];
      return {
        charged: await calls('charged'),
        unknown: await calls('unknown'),
        reserved: await calls('reserved'),
        held: holds.reduce((total, row) => total + row.credits, 0),
      };
    },

    async savings(since, until) {
      const free = (reason: string) => rows().count({ where: { ...span(since, until), outcome: 'free', reason } });
      return { local: await free('local'), storedMatte: await free('stored-matte') };
    },
  };
}
