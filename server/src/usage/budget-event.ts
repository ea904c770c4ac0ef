import type { BudgetSettings } from './budget';
import type { Cycle } from './cycle';

/** Emitted once in a billing cycle when its spending passes 50, 80 and 100 % of the budget. */
export const BUDGET_EVENT = 'cutout.budget';

export function budgetPayload(percent: number, cycle: Cycle, { credits }: BudgetSettings) {
  return { percent, credits, renewsAt: new Date(cycle.endsAt).toISOString() };
}
