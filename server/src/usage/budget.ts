import { CutoutError } from '../errors';
import type { Cycle } from './cycle';

export interface BudgetSettings {
  /** Credits this Strapi may spend in a billing cycle; null for no limit of its own. */
  credits: number | null;
  /** Credits of the account that are never touched. */
  reserve: number;
}

export interface BudgetState {
  /** Credits charged, unknown, reserved or held in this cycle by this Strapi. */
  spent: number;
  /** What the account can still spend now, less what is under way; null when the account service has not told. */
  spendable: number | null;
}

const ALERTS = [50, 80, 100] as const;

/**
 * Whether `wanted` more credits fit; null if they do.
 * @returns the error to refuse with: `budget.reached`, `budget.reserve` or `budget.balance-unknown`
 */
export function refuse(
  settings: BudgetSettings,
  state: BudgetState,
  wanted: number,
  cycle: Cycle,
  now: number,
): CutoutError | null {
  const { credits, reserve } = settings;
  const renewal = new Date(cycle.endsAt).toISOString();
  if (credits !== null && state.spent + wanted > credits) {
    const message = `The budget of ${credits} credits for this billing cycle has ${Math.max(0, credits - state.spent)} left and ${wanted} would be needed; it renews at ${renewal}.`;
    return new CutoutError('budget.reached', message, { retryAt: cycle.endsAt });
  }
  if (reserve === 0) return null;
  if (state.spendable === null) {
    const message = `The account's balance is not known, so the reserve of ${reserve} credits cannot be kept; tried again in a minute.`;
    return new CutoutError('budget.balance-unknown', message, { retryAt: now + 60_000 });
  }
  if (state.spendable - wanted >= reserve) return null;
  const message = `The account has ${state.spendable} credits to spend and ${reserve} of them are the reserve; it renews at ${renewal}.`;
  return new CutoutError('budget.reserve', message, { retryAt: cycle.endsAt });
}

/** The highest alert that `spent` reaches and that has not gone out yet, in per cent; null for none. */
export function alertFor(settings: BudgetSettings, spent: number, alerted: number): number | null {
  if (!settings.credits) return null;
  const share = (spent / settings.credits) * 100;
  return ALERTS.filter((level) => share >= level && level > alerted).at(-1) ?? null;
}
