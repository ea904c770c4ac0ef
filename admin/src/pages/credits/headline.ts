import type { TextKey } from '../../translations/words';
import type { Tone, Usage } from './figures';

const DAY_MS = 24 * 60 * 60 * 1000;

/** The one sentence on top of the page. */
export interface Headline {
  key: TextKey;
  tone: Tone;
  /** A day in UTC that it names. */
  day?: string;
  values?: Record<string, number>;
}

type Of = Pick<
  Usage,
  'account' | 'accountProblem' | 'budget' | 'configured' | 'cycle' | 'forecast' | 'now' | 'stopped'
>;

const refusals: Record<string, TextKey> = {
  'remote.invalid-key': 'credits.head.wrong-key',
  'remote.forbidden': 'credits.head.wrong-key',
  'remote.email-not-verified': 'credits.head.not-verified',
};

/** Whether the credits last, until when, or why that cannot be told; what stops work comes first. */
export function headlineOf(usage: Of, isAsking: boolean): Headline {
  const { account, budget, configured, cycle } = usage;
  if (!configured) return { key: 'credits.head.no-key', tone: 'primary' };
  const refusal = refusalOf(usage);
  if (refusal) return { key: refusal, tone: 'danger' };
  if (!account) return { key: isAsking ? 'credits.head.asking' : 'credits.head.unread', tone: 'primary' };
  const renewal = { day: cycle.endsAt };
  if (budget.credits !== null && budget.spent >= budget.credits) {
    return { key: `credits.head.budget-used.${budget.atLimit}`, tone: 'danger', ...renewal };
  }
  if (account.spendable <= 0) return { key: 'credits.head.none-left', tone: 'danger', ...renewal };
  if (account.spendable <= budget.reserve) return { key: 'credits.head.reserve', tone: 'danger', ...renewal };
  return runOutOf(usage) ?? lasting(usage, account.spendable);
}

/** What the account refuses: the stop of the calls, or its own answer to a question. */
export function refusalOf({ stopped, accountProblem }: Pick<Usage, 'accountProblem' | 'stopped'>): TextKey | null {
  return refusals[stopped?.reason.code ?? ''] ?? refusals[accountProblem?.code ?? ''] ?? null;
}

function runOutOf({ budget, cycle, forecast }: Of): Headline | null {
  const ends = [
    { at: forecast?.runsOutAt, key: 'credits.head.runs-out' as const },
    { at: budget.runsOutAt, key: 'credits.head.budget-runs-out' as const },
  ].flatMap(({ at, key }) => (at ? [{ at, key }] : []));
  const first = ends.sort((one, other) => (one.at < other.at ? -1 : 1))[0];
  if (!first) return null;
  const days = daysBetween(first.at, cycle.endsAt);
  return { key: first.key, tone: 'warning', day: first.at, values: { days } };
}

function lasting({ cycle, forecast }: Of, credits: number): Headline {
  if (!forecast) return { key: 'credits.head.left', tone: 'primary', values: { credits } };
  const key = forecast.perDay === 0 ? 'credits.head.idle' : 'credits.head.lasts';
  return { key, tone: 'primary', day: cycle.endsAt, values: { credits } };
}

/** Whole days (UTC) from one to the other. */
export function daysBetween(from: string, to: string): number {
  const day = (iso: string) => Math.floor(Date.parse(iso) / DAY_MS);
  return Math.max(0, day(to) - day(from));
}
