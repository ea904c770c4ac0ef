import { elapsed } from '../clock';
import { CutoutError } from '../errors';
import { inAMinuteOrTwo, lookAgainAt, type Window } from './window';

export interface BudgetSettings {
  /** Credits this Strapi may spend in a billing cycle; null for no limit of its own. */
  credits: number | null;
  /** Credits of the account that are never touched. */
  reserve: number;
}

export interface BudgetState {
  /** Credits charged, unknown, reserved or held in this cycle by this Strapi. */
  spent: number;
  /** What the account can still spend now, less what is under way; null when the account service has not told of late. */
  spendable: number | null;
}

/** What the account service told, and when it was asked. */
export interface Balance {
  /** Remaining included plus prepaid credits. */
  spendable: number;
  /** Milliseconds since the epoch. */
  at: number;
}

const ALERTS = [50, 80, 100] as const;
/** An older balance says too little of what is left: the web editor and other servers spend of it too. */
const BALANCE_AGE_MS = 5 * 60_000;

/** The balance, unless it is too old to go by. */
export const trusted = (balance: Balance | null, now: number): Balance | null =>
  balance && elapsed(balance.at, now) <= BALANCE_AGE_MS ? balance : null;

/**
 * Whether `wanted` more credits fit; null if they do.
 * @returns the error to refuse with: `budget.reached`, `budget.reserve` or `budget.balance-unknown`
 */
export function refuse(
  settings: BudgetSettings,
  state: BudgetState,
  wanted: number,
  window: Window,
  now: number,
): CutoutError | null {
  const { credits, reserve } = settings;
  if (credits !== null && state.spent + wanted > credits) {
    const left = Math.max(0, credits - state.spent);
    const message = `The budget of ${credits} credits for this billing cycle has ${left} left and ${wanted} would be needed; ${renewal(window, now)}.`;
    return new CutoutError('budget.reached', message, { retryAt: lookAgainAt(window, now) });
  }
  if (reserve === 0) return null;
  if (state.spendable === null) {
    const message = `The account has not told its balance in the last ${BALANCE_AGE_MS / 60_000} minutes, so the reserve of ${reserve} credits cannot be kept.`;
    return new CutoutError('budget.balance-unknown', message);
  }
  if (state.spendable - wanted >= reserve) return null;
  const message = `The account has ${state.spendable} credits to spend and ${reserve} of them are the reserve; ${renewal(window, now)}.`;
  // Credits may be bought at any time, and no event tells of it.
  return new CutoutError('budget.reserve', message, { retryAt: inAMinuteOrTwo(now) });
}

const renewal = ({ endsAt }: Window, now: number): string =>
  endsAt > now
    ? `it renews at ${new Date(endsAt).toISOString()}`
    : 'it is about to renew, and the account has not told its next cycle yet';

/** The highest alert that `spent` reaches and that has not gone out yet, in per cent; null for none. */
export function alertFor(settings: BudgetSettings, spent: number, alerted: number): number | null {
  if (!settings.credits) return null;
  const share = (spent / settings.credits) * 100;
  return ALERTS.filter((level) => share >= level && level > alerted).at(-1) ?? null;
}
