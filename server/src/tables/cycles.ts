import { timestamps } from './shared';

export const CYCLE = 'plugin::cutout.cycle';

/**
 * One row for each billing cycle the account has told, and for each window credits were counted in while it told none.
 * All nodes compute the window they are in from these rows.
 */
export interface CycleRow {
  id: number;
  /** Start of the cycle, ISO 8601; ` month` follows where it is a calendar month's. */
  key: string;
  startsAt: Date | string | number | null;
  /** First moment of the next cycle. */
  endsAt: Date | string | number | null;
  /** When the account was asked that told it last; null for a window that it never told. */
  toldAt: Date | string | number | null;
  /** The subscription's window, told or carried forward; false for a calendar month. */
  synced: boolean;
  /** Included credits that the account counted in it; they fall only when a new cycle begins. */
  used: number | null;
  /** Prepaid credits at the last reading. */
  prepaidSeen: number | null;
  /** Prepaid credits spent between the readings of this cycle. */
  prepaidUsed: number;
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
    startsAt: { type: 'datetime' },
    endsAt: { type: 'datetime' },
    toldAt: { type: 'datetime' },
    synced: { type: 'boolean', default: false },
    used: { type: 'integer' },
    prepaidSeen: { type: 'integer' },
    prepaidUsed: { type: 'integer', default: 0 },
    alerted: { type: 'integer', default: 0 },
    ...timestamps,
  },
  indexes: [{ name: 'cutout_cycles_key_uq', type: 'unique', columns: ['key'] }],
};
