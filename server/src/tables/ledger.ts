import type { JobSource } from '../words';
import { timestamps } from './shared';

export const LEDGER = 'plugin::cutout.ledger-entry';

/**
 * `reserved`: a paid call is about to be made or under way. `charged`, `free`, `unknown`: how it ended. `held`: credits
 * set aside for a bulk run that has not used them yet.
 */
export type LedgerOutcome = 'reserved' | 'charged' | 'free' | 'unknown' | 'held';

/** One row for each unit of work that was, or could have been, paid for. Outlives its asset and its job. */
export interface LedgerRow {
  id: number;
  engine: 'local' | 'remote';
  source: JobSource;
  fileId: number;
  jobId: number;
  sourceHash: string;
  model: string;
  credits: number;
  outcome: LedgerOutcome;
  /** Why it cost nothing (`local`, `stored-matte`), or the code of the error that left it so. */
  reason: string | null;
  /** Names the API key without telling it. */
  keyPrint: string | null;
  /** Unique among rows that stand for a paid call of these bytes; null once the bytes may be sent again. */
  claim: string | null;
  /** The bulk run whose held credits it used. */
  bulk: string | null;
  /** While it is reserved: its call is under way at least until then. */
  leaseUntil: Date | string | number | null;
  /** Who said by hand how a call of unknown outcome ended, when, and the reason that it had until then. */
  settledBy: string | null;
  settledAt: Date | string | number | null;
  settledReason: string | null;
  createdAt: Date | string | number;
  /** When its call ended. What a person says of it later changes nothing about that. */
  updatedAt: Date | string | number;
}

export const ledgerTable = {
  uid: LEDGER,
  tableName: 'cutout_ledger',
  singularName: 'cutout-ledger-entry',
  attributes: {
    id: { type: 'increments' },
    engine: { type: 'string', column: { notNullable: true } },
    source: { type: 'string' },
    fileId: { type: 'integer', column: { unsigned: true } },
    jobId: { type: 'integer', column: { unsigned: true } },
    sourceHash: { type: 'string' },
    model: { type: 'string' },
    credits: { type: 'integer', default: 0, column: { notNullable: true } },
    outcome: { type: 'string', column: { notNullable: true } },
    reason: { type: 'string' },
    keyPrint: { type: 'string' },
    claim: { type: 'string' },
    bulk: { type: 'string' },
    leaseUntil: { type: 'datetime' },
    settledBy: { type: 'string' },
    settledAt: { type: 'datetime' },
    settledReason: { type: 'string' },
    ...timestamps,
  },
  indexes: [
    { name: 'cutout_ledger_claim_uq', type: 'unique', columns: ['claim'] },
    { name: 'cutout_ledger_time_idx', columns: ['created_at', 'outcome'] },
    { name: 'cutout_ledger_settled_idx', columns: ['outcome', 'updated_at'] },
    { name: 'cutout_ledger_bulk_idx', columns: ['bulk', 'outcome'] },
    { name: 'cutout_ledger_file_idx', columns: ['file_id'] },
    // Whether a job has paid for the matte itself that it found.
    { name: 'cutout_ledger_job_idx', columns: ['job_id', 'outcome'] },
    // All of a span, in order.
    { name: 'cutout_ledger_written_idx', columns: ['updated_at', 'id'] },
  ],
};
