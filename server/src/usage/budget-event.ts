import type { EventPayload } from '../events/payloads';
import type { BudgetSettings } from './budget';
import type { Window } from './window';

/** Of the event that goes out once in a billing cycle when its spending passes 50, 80 and 100 % of the budget. */
export function budgetPayload(
  percent: number,
  window: Window,
  { credits }: BudgetSettings,
): EventPayload<'cutout.budget'> {
  return { percent, credits, renewsAt: new Date(window.endsAt).toISOString() };
}
