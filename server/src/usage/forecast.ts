import type { Window } from './window';

const DAY_MS = 24 * 60 * 60 * 1000;

export interface Forecast {
  /** Credits per day, over the part of the cycle that has passed. */
  perDay: number;
  /** When the spendable credits end at that rate; null when they last to the renewal, or nothing is being spent. */
  runsOutAt: number | null;
}

/**
 * Burn rate and run-out. The rate is taken over a day at least, so that the first picture of a cycle is not read as a
 * flood.
 * @param used credits of the cycle so far
 * @param spendable remaining included plus prepaid credits
 */
export function forecast(
  used: number,
  spendable: number,
  window: Pick<Window, 'startsAt' | 'endsAt'>,
  now: number,
): Forecast {
  const passed = Math.max(now - window.startsAt, DAY_MS);
  const perDay = (used / passed) * DAY_MS;
  if (perDay === 0) return { perDay: 0, runsOutAt: null };
  const runsOutAt = now + (spendable / perDay) * DAY_MS;
  return { perDay, runsOutAt: runsOutAt < window.endsAt ? Math.round(runsOutAt) : null };
}
