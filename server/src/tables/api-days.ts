import { timestamps } from './shared';

export const API_DAY = 'plugin::cutout.api-day';

/**
 * How many pictures the Rembg-compatible endpoint made on a day. Cycles and months begin at midnight UTC, so days add up
 * to both; nothing is kept of the pictures or of who sent them.
 */
export interface ApiDayRow {
  id: number;
  /** UTC, `2026-03-01`. */
  day: string;
  /** Of the plan's credits. */
  included: number;
  /** Of the prepaid ones, which never come back: a row with any is kept for ever. */
  prepaid: number;
}

export const apiDayTable = {
  uid: API_DAY,
  tableName: 'cutout_api_days',
  singularName: 'cutout-api-day',
  attributes: {
    id: { type: 'increments' },
    day: { type: 'string', column: { notNullable: true } },
    included: { type: 'integer', default: 0, column: { notNullable: true } },
    prepaid: { type: 'integer', default: 0, column: { notNullable: true } },
    ...timestamps,
  },
  indexes: [{ name: 'cutout_api_days_day_uq', type: 'unique', columns: ['day'] }],
};
