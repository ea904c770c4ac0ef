import type { EventName } from '../words';
import { timestamps } from './shared';

export const EVENT = 'plugin::cutout.event';

/**
 * One row for each event that somebody has yet to be told of. It is written in the transaction of what it tells, so
 * that neither is there without the other, and deleted once it is delivered.
 */
export interface EventRow {
  id: number;
  event: EventName;
  /** What it is about: events of one subject reach each receiver in their order. */
  subject: string;
  payload: Record<string, unknown>;
  /** Who is to be told: `hub`, or the id of a webhook. Null until it was looked up who there is. */
  target: string | null;
  /** Failed tries to deliver it. */
  tries: number;
  /** Not delivered before this moment. */
  runAt: Date | string | number;
}

export const eventTable = {
  uid: EVENT,
  tableName: 'cutout_events',
  singularName: 'cutout-event',
  attributes: {
    id: { type: 'increments' },
    event: { type: 'string', column: { notNullable: true } },
    subject: { type: 'string', column: { notNullable: true } },
    payload: { type: 'json' },
    target: { type: 'string' },
    tries: { type: 'integer', default: 0, column: { notNullable: true } },
    runAt: { type: 'datetime', default: () => new Date() },
    ...timestamps,
  },
  indexes: [
    { name: 'cutout_events_due_idx', columns: ['target', 'run_at'] },
    { name: 'cutout_events_order_idx', columns: ['target', 'subject', 'id'] },
  ],
};
