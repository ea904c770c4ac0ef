/**
 * Which billing window it is. Pure: what the account has told and the time come in. Times are milliseconds since the
 * epoch.
 */
export interface Window {
  startsAt: number;
  /** First moment of the next window; it may be past while the account has not told the next one. */
  endsAt: number;
  /** False: the account knows no subscription window, the UTC calendar month stands in for it. */
  synced: boolean;
  /** Not told by the account: carried forward from the last one that was. */
  projected: boolean;
}

/** A span of time to look at, as the account's own questions name them. */
export type PeriodQuery = { periodStartUnix: number } | { year: number; month: number };

/** A window as the account told it. */
export interface ToldWindow {
  startsAt: number;
  endsAt: number;
  /** When it was asked. */
  toldAt: number;
  /** The subscription's; false for a calendar month that stood in for it. */
  synced: boolean;
}

/** A renewal reaches the account service some time after its hour; for so long the old window goes on being counted. */
export const GRACE_MS = 3 * 60_000;
/** Whoever waits for credits looks again after this long at most: they may be bought, and budgets changed. */
const LOOK_AGAIN_MS = 10 * 60_000;
/** The account is given so many projected windows to become synced again before the calendar month is believed. */
const PATIENCE = 2;

/**
 * The window now: the newest that the account told; past its end, and a grace time, the months that follow it. An
 * account that was never synced has calendar months. One that lost its subscription keeps the rhythm of the old one for
 * two windows, and is counted from the earlier of both starts then, so that no budget forgets what was spent.
 */
export function windowAt(told: readonly ToldWindow[], now: number): Window {
  const last = newest(told.filter(({ synced, startsAt }) => synced && startsAt <= now));
  if (!last) return monthAt(now);
  const { startsAt, endsAt } = last;
  if (now < endsAt + GRACE_MS) return { startsAt, endsAt, synced: true, projected: false };
  const count = monthsPassed(last, now);
  const next = { startsAt: renewal(last, count), endsAt: renewal(last, count + 1), synced: true, projected: true };
  const lostSync = told.some(({ synced, toldAt }) => !synced && toldAt >= endsAt);
  if (count < PATIENCE || !lostSync) return next;
  const month = monthAt(now);
  return { ...month, startsAt: Math.min(month.startsAt, next.startsAt) };
}

/** The UTC calendar month of a moment. */
export function monthAt(now: number): Window {
  const date = new Date(now);
  const month = (offset: number) => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + offset);
  return { startsAt: month(0), endsAt: month(1), synced: false, projected: false };
}

/**
 * When somebody whom this window refuses looks again: at its end, after ten minutes at most; when the end is past, in
 * one to two minutes.
 * @param random 0…1
 */
export function lookAgainAt({ endsAt }: Pick<Window, 'endsAt'>, now: number, random = Math.random()): number {
  return endsAt > now ? Math.min(endsAt, now + LOOK_AGAIN_MS) : inAMinuteOrTwo(now, random);
}

/** For what may change at any time without notice. The spread keeps those who wait from coming all at once. */
export const inAMinuteOrTwo = (now: number, random = Math.random()): number => now + 80_000 + random * 30_000;

/** Two starts closer than this are one cycle's, told by clocks that differ. */
const SAME_START_MS = 60 * 60_000;

export const sameStart = (one: number, other: number): boolean => Math.abs(one - other) < SAME_START_MS;

function newest(told: readonly ToldWindow[]): ToldWindow | null {
  return told.reduce<ToldWindow | null>((best, one) => (best && best.startsAt >= one.startsAt ? best : one), null);
}

/** Whole months between the window's end and now. */
function monthsPassed(last: ToldWindow, now: number): number {
  const [end, date] = [new Date(last.endsAt), new Date(now)];
  const months = (at: Date) => at.getUTCFullYear() * 12 + at.getUTCMonth();
  const count = months(date) - months(end);
  return renewal(last, count) <= now ? count : count - 1;
}

/**
 * The end of a window, `months` later. A subscription of the 31st renews on the last day of shorter months, and on the
 * 31st again after them.
 */
function renewal({ startsAt, endsAt }: ToldWindow, months: number): number {
  const [start, end] = [new Date(startsAt), new Date(endsAt)];
  const isLastDay = end.getUTCDate() === daysIn(end.getUTCFullYear(), end.getUTCMonth());
  const day = isLastDay ? Math.max(start.getUTCDate(), end.getUTCDate()) : end.getUTCDate();
  const [year, month] = [end.getUTCFullYear(), end.getUTCMonth() + months];
  const dayStart = Date.UTC(year, month, Math.min(day, daysIn(year, month)));
  return dayStart + (endsAt - Date.UTC(end.getUTCFullYear(), end.getUTCMonth(), end.getUTCDate()));
}

const daysIn = (year: number, month: number) => new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
