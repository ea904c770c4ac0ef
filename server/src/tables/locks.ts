import { timestamps } from './shared';

export const LOCK = 'plugin::cutout.lock';

/**
 * One row for each thing that only one may do at a time: locked within a transaction, or leased by a node for work that
 * takes longer.
 */
export interface LockRow {
  id: number;
  name: string;
  /** Who has the lease; null when nobody does. */
  holder: string | null;
  /** When the lease ends unless it is renewed. */
  until: Date | string | number | null;
  /** What the next holder has to know. */
  note: Record<string, unknown> | null;
}

export const lockTable = {
  uid: LOCK,
  tableName: 'cutout_locks',
  singularName: 'cutout-lock',
  attributes: {
    id: { type: 'increments' },
    name: { type: 'string', column: { notNullable: true } },
    holder: { type: 'string' },
    until: { type: 'datetime' },
    note: { type: 'json' },
    ...timestamps,
  },
  indexes: [{ name: 'cutout_locks_name_uq', type: 'unique', columns: ['name'] }],
};
