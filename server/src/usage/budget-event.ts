import type { BudgetSettings } from './budget';
import type { Window } from './window';

/** Emitted once in a billing cycle when its spending passes 50, 80 and 100 % of the budget. */
export const BUDGET_EVENT = 'cutout.budget';

export function budgetPayload(percent: number, window: Window, { credits }: BudgetSettings) {
  return { percent, credits, renewsAt: new Date(window.endsAt).toISOString() };
}
