import type { BulkPlan, BulkRequest, BulkState } from '../bulk-words';
import { timestamps } from './shared';

export const BULK_RUN = 'plugin::cutout.bulk-run';

/** One run over the media library. Its jobs name it; how far it is, is here, so that any node can go on with it. */
export interface BulkRunRow {
  id: number;
  state: BulkState;
  /** It comes to this end as soon as none of its jobs is open. */
  ending: 'cancelled' | 'stopped' | null;
  reasonCode: string | null;
  reasonMessage: string | null;
  request: BulkRequest;
  plan: BulkPlan;
  /** Files up to this id were looked at. */
  lastFile: number;
  /** All files were looked at. */
  exhausted: boolean;
  startedAt: Date | string | number | null;
  finishedAt: Date | string | number | null;
  createdAt: Date | string | number;
}

export const bulkRunTable = {
  uid: BULK_RUN,
  tableName: 'cutout_bulk_runs',
  singularName: 'cutout-bulk-run',
  attributes: {
    id: { type: 'increments' },
    state: { type: 'string', column: { notNullable: true } },
    ending: { type: 'string' },
    reasonCode: { type: 'string' },
    reasonMessage: { type: 'text' },
    request: { type: 'json' },
    plan: { type: 'json' },
    lastFile: { type: 'integer', column: { unsigned: true }, default: 0 },
    exhausted: { type: 'boolean', default: false },
    startedAt: { type: 'datetime' },
    finishedAt: { type: 'datetime' },
    ...timestamps,
  },
  indexes: [{ name: 'cutout_bulk_runs_state_idx', columns: ['state'] }],
};
