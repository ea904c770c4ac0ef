import type { Reason, UsageResponse } from '../../../../server/src/api/contracts';
import type { TextKey } from '../../translations/words';

export type Usage = UsageResponse['data'];

export type Notice =
  | { kind: 'stopped'; reason: Reason; until: string | null }
  /** Why the account could not be read. `asOf`: when it answered last; null if it never did. */
  | { kind: 'unread'; problem: Reason; asOf: string | null }
  /** Its figures are old, for no known reason. */
  | { kind: 'old'; asOf: string }
  | { kind: 'no-key' };

/** What has to be said above all figures, the gravest first. */
export function noticesOf(usage: Pick<Usage, 'account' | 'accountProblem' | 'configured' | 'stopped'>): Notice[] {
  const { account, accountProblem: problem, configured, stopped } = usage;
  if (!configured) return [{ kind: 'no-key' }];
  const notices: Notice[] = [];
  if (stopped) notices.push({ kind: 'stopped', ...stopped });
  // The same refusal is told once.
  if (problem && problem.code !== stopped?.reason.code) {
    notices.push({ kind: 'unread', problem, asOf: account?.asOf ?? null });
  } else if (!problem && account?.stale) {
    notices.push({ kind: 'old', asOf: account.asOf });
  }
  return notices;
}

/** What the notice of an account that could not be read is called: offline, silent, refused, or a fault of its own. */
export function unreadTitle({ code }: Reason): TextKey {
  if (code === 'remote.unreachable') return 'credits.unread.offline';
  if (code === 'remote.timeout') return 'credits.unread.silent';
  return 'credits.unread.title';
}

/** Why the account's figures are not those of its subscription's cycle; null while they are. */
export function syncOf({ account, cycle }: Pick<Usage, 'account' | 'cycle'>): TextKey | null {
  if (account && !account.synced) return 'credits.unsynced.month';
  return cycle.projected ? 'credits.unsynced.projected' : null;
}

export interface AccountUse {
  app: number;
  api: number;
  included: number | null;
  prepaidUsed: number | null;
}

/** What the account counted in the period that is looked at; null where it has not told. */
export function useOf({
  account,
  period,
  periodUse,
}: Pick<Usage, 'account' | 'period' | 'periodUse'>): AccountUse | null {
  if (!period.isCurrent) {
    if (!periodUse) return null;
    const { appUsage: app, apiUsage: api, includedCredits: included } = periodUse;
    return { app, api, included, prepaidUsed: null };
  }
  if (!account) return null;
  const { appUsage: app, apiUsage: api, includedCredits: included, prepaidUsed } = account;
  return { app, api, included, prepaidUsed };
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

/** Which alert of the cycle went out last; null without a budget. */
export function alertSentence({ credits, alerted }: Pick<Usage['budget'], 'credits' | 'alerted'>): TextKey | null {
  if (!credits) return null;
  return alerted === null ? 'credits.budget.no-alert' : 'credits.budget.alerted';
}

/** A drift counts when two readings agree on it. */
export function driftSentence({ drift, driftAgrees }: Pick<Usage, 'drift' | 'driftAgrees'>): TextKey {
  if (drift === null) return 'credits.drift.not-known';
  if (!driftAgrees) return 'credits.drift.once';
  if (drift === 0) return 'credits.drift.same';
  return drift > 0 ? 'credits.drift.more' : 'credits.drift.less';
}
