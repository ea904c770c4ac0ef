import type { BillingPeriod } from '../engines/remote/membership';
import { renewalOf } from './account-view';
import { monthOf } from './api-windows';
import { monthAt, type PeriodQuery, sameStart, type Window } from './window';

export interface Period extends Window {
  kind: 'cycle' | 'month';
  /** The window that budgets count in now. */
  isCurrent: boolean;
}

/**
 * The span that is asked for; without a question the window under way.
 * @param told the account's cycles, newest first; null while it has told none
 */
export function periodOf(query: PeriodQuery | null, current: Window, told: readonly BillingPeriod[] | null): Period {
  const now: Period = { ...current, kind: current.synced ? 'cycle' : 'month', isCurrent: true };
  if (query === null) return now;
  if ('year' in query) {
    const { start, end } = monthOf(query.year, query.month);
    if (!current.synced && current.startsAt === start) return now;
    return { kind: 'month', startsAt: start, endsAt: end, synced: false, projected: false, isCurrent: false };
  }
  const startsAt = query.periodStartUnix * 1000;
  if (current.synced && sameStart(startsAt, current.startsAt)) return now;
  const endsAt = endOf(startsAt, told ?? []);
  return { kind: 'cycle', startsAt, endsAt, synced: true, projected: false, isCurrent: false };
}

/** The next cycle's start, or what the account says; a month later while it has said nothing. */
function endOf(startsAt: number, told: readonly BillingPeriod[]): number {
  const index = told.findIndex(({ periodStartUnix }) => periodStartUnix * 1000 === startsAt);
  const [cycle, next] = [told[index], told[index - 1]];
  if (next) return next.periodStartUnix * 1000;
  return cycle ? renewalOf(cycle) : startsAt + lengthOfMonth(startsAt);
}

const lengthOfMonth = (at: number) => {
  const month = monthAt(at);
  return month.endsAt - month.startsAt;
};
