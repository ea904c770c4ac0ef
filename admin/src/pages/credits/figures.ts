import type { Reason, UsageResponse } from '../../../../server/src/api/contracts';
import type { TextKey } from '../../translations';

export type Usage = UsageResponse['data'];

const DAY_MS = 24 * 60 * 60 * 1000;

export type Notice =
  | { kind: 'stopped'; reason: Reason; until: string | null }
  /** `asOf`: when the account answered last; null if it never did. */
  | { kind: 'stale'; problem: string | null; asOf: string | null }
  | { kind: 'no-key' };

/** With a key the account has either answered or said why not; without one there is nobody to ask. */
export function hasKey({ account, accountProblem }: Pick<Usage, 'account' | 'accountProblem'>): boolean {
  return account !== null || accountProblem !== null;
}

/** What has to be said above all figures, the gravest first. */
export function noticesOf(usage: Pick<Usage, 'account' | 'accountProblem' | 'stopped'>): Notice[] {
  const { account, accountProblem: problem, stopped } = usage;
  if (!hasKey(usage)) return [{ kind: 'no-key' }];
  const notices: Notice[] = [];
  if (stopped) notices.push({ kind: 'stopped', ...stopped });
  if (problem !== null || account?.stale) notices.push({ kind: 'stale', problem, asOf: account?.asOf ?? null });
  return notices;
}

/** Days until a moment, a begun day counting as one; 0 once it has passed. */
export function daysUntil(iso: string, now: number): number {
  return Math.max(0, Math.ceil((Date.parse(iso) - now) / DAY_MS));
}

/**
 * First and last moment of a period. Ends are told as the first moment of the next period or as the second before it;
 * one second back is the right last day for both.
 */
export function boundsOf({ startsAt, endsAt }: { startsAt: string; endsAt: string }): [Date, Date] {
  return [new Date(startsAt), new Date(Date.parse(endsAt) - 1000)];
}

/** Share of the budget that is spent, 0…1; null without a budget. Nothing may be spent of a budget of 0: it is full. */
export function budgetShare({ credits, spent }: Pick<Usage['budget'], 'credits' | 'spent'>): number | null {
  if (credits === null) return null;
  return credits === 0 ? 1 : Math.min(1, Math.max(0, spent / credits));
}

export type Tone = 'primary' | 'warning' | 'danger';

/** Changes where the server raises its alerts: at 80 and 100 %. */
export function toneOf(share: number): Tone {
  if (share >= 1) return 'danger';
  return share >= 0.8 ? 'warning' : 'primary';
}

/** What the budget card says below its bar. */
export function budgetSentences({ credits, reserve, atLimit }: Usage['budget']): TextKey[] {
  const limit = credits === null ? (['credits.budget.none'] as const) : [];
  const kept = reserve > 0 ? 'credits.budget.reserve' : 'credits.budget.no-reserve';
  return credits === null && reserve === 0 ? [...limit, kept] : [...limit, kept, `credits.budget.at-limit.${atLimit}`];
}

export function forecastSentence(forecast: Usage['forecast']): TextKey {
  if (!forecast) return 'credits.forecast.not-known';
  if (forecast.perDay === 0) return 'credits.forecast.idle';
  return forecast.runsOutAt === null ? 'credits.forecast.lasts' : 'credits.forecast.runs-out';
}

export function driftSentence(drift: Usage['drift']): TextKey {
  if (drift === null) return 'credits.drift.not-known';
  if (drift === 0) return 'credits.drift.same';
  return drift > 0 ? 'credits.drift.more' : 'credits.drift.less';
}
