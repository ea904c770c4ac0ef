import type { AccountView } from './account-view';
import type { Ledger } from './ledger';
import { sameStart, monthAt, type Window } from './window';

/** Clocks of this server and of the service may differ by so much: calls that near a window's start may be in either. */
const SKEW_MS = 10 * 60_000;

export interface Counted {
  /** What the account counted by API key in the window: included credits, and prepaid ones that were seen to go. */
  account: number;
  /** What this ledger knows it must have counted at least, and what it may have counted at most. */
  least: number;
  most: number;
}

/**
 * Credits that the account counted beyond what this ledger can explain, or (negative) falls short of it. Calls of unknown
 * outcome, under way, or near the window's start explain what they may; they are no drift.
 */
export function driftOf({ account, least, most }: Counted): number {
  if (account > most) return account - most;
  return account < least ? account - least : 0;
}

/**
 * The start of the window that account and ledger can be compared in; null when the account's view is of another one
 * than the ledger's. An unsynced account counts calendar months, so the ledger's same month is compared.
 */
export function comparableStart({ figures }: AccountView, window: Window, now: number): number | null {
  if (!figures.synced) return figures.startsAt === monthAt(now).startsAt ? figures.startsAt : null;
  return window.synced && !window.projected && sameStart(window.startsAt, figures.startsAt) ? window.startsAt : null;
}

/** What the ledger says of the span from `start` to the moment the account was asked. */
export async function ledgerRange(
  ledger: Pick<Ledger, 'totals' | 'openAt'>,
  start: number,
  askedAt: number,
): Promise<Pick<Counted, 'least' | 'most'>> {
  const [inside, before, after, open] = await Promise.all([
    ledger.totals(start, askedAt),
    ledger.totals(start - SKEW_MS, start),
    ledger.totals(start, Math.min(start + SKEW_MS, askedAt)),
    ledger.openAt(askedAt),
  ]);
  return {
    least: inside.charged - after.charged,
    most: inside.charged + inside.unknown + open + before.charged + before.unknown,
  };
}

/**
 * Whether two readings of the account in a row came to the same drift: a call may end between the account's count and the
 * ledger's, which the next reading no longer shows.
 */
export interface DriftReads {
  /** @param at when the account was asked; null drift: there was nothing to compare */
  agree(at: number, drift: number | null): boolean;
}

export function createDriftReads(): DriftReads {
  let last: { at: number; drift: number; agrees: boolean } | null = null;
  return {
    agree(at, drift) {
      if (drift === null) last = null;
      else if (last?.at === at) last = { at, drift, agrees: last.agrees && last.drift === drift };
      else last = { at, drift, agrees: last?.drift === drift };
      return last?.agrees ?? false;
    },
  };
}
