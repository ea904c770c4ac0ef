import type { Config } from '../config/schema';

/** From its first millisecond up to the first of the next one, since the epoch. */
export interface ApiWindow {
  start: number;
  end: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Midnight UTC; months count from 0 and may lie outside 0…11. `Date.UTC` would read the years below 100 as 19xx. */
function midnight(year: number, month: number, day = 1): number {
  return new Date(0).setUTCFullYear(year, month, day);
}

/** @param month 1…12 */
export const monthOf = (year: number, month: number): ApiWindow => ({
  start: midnight(year, month - 1),
  end: midnight(year, month),
});

/** The cycle that a moment lies in: it begins on that day of the month, 1…28, or with the calendar month. */
export function cycleAt(ms: number, cycleDay: number | null): ApiWindow {
  const at = new Date(ms);
  const day = cycleDay ?? 1;
  const month = at.getUTCMonth() - (at.getUTCDate() < day ? 1 : 0);
  return { start: midnight(at.getUTCFullYear(), month, day), end: midnight(at.getUTCFullYear(), month + 1, day) };
}

/** Cycles that began since a moment, up to the one that `now` lies in; the newest first. */
export function cyclesSince(since: number, now: number, cycleDay: number | null): ApiWindow[] {
  const cycles: ApiWindow[] = [];
  let cycle = cycleAt(now, cycleDay);
  while (cycles.length === 0 || cycle.start >= since) {
    cycles.push(cycle);
    cycle = cycleAt(cycle.start - 1, cycleDay);
  }
  return cycles;
}

/**
 * What happened since is counted in full: `usage.keepDays` ago, but never within the month or the cycle under way. What
 * began before is not told at all, since a part of it may be pruned.
 */
export function keptSince(now: number, { usage, rembgApi }: Pick<Config, 'usage' | 'rembgApi'>): number {
  const starts = [cycleAt(now, null).start, cycleAt(now, rembgApi.cycleDay).start];
  return Math.min(now - usage.keepDays * DAY_MS, ...starts);
}
