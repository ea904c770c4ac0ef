import { timestamps } from './shared';

export const CYCLE = 'plugin::cutout.cycle';

/** One row for each billing cycle credits were spent in. Locking it is what keeps two workers within one budget. */
export interface CycleRow {
  id: number;
  /** Start of the cycle, ISO 8601. */
  key: string;
  /** Highest share of the budget, in per cent, that an alert went out for. */
  alerted: number;
}

export const cycleTable = {
  uid: CYCLE,
  tableName: 'cutout_cycles',
  singularName: 'cutout-cycle',
  attributes: {
    id: { type: 'increments' },
    key: { type: 'string', column: { notNullable: true } },
    alerted: { type: 'integer', default: 0 },
    ...timestamps,
  },
  indexes: [{ name: 'cutout_cycles_key_uq', type: 'unique', columns: ['key'] }],
};
