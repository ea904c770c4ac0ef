import type { CutoutApp } from '../app';
import type { AccountView, PeriodUse } from '../usage/account-view';
import { spendableOf } from '../usage/account-view';
import { ACCOUNT_STOPS } from '../usage/check';
import { comparableStart, driftOf, ledgerRange } from '../usage/drift';
import { forecast } from '../usage/forecast';
import type { Totals } from '../usage/ledger';
import { periodOf } from '../usage/period';
import type { Service } from '../usage/service';
import type { PeriodQuery, Window } from '../usage/window';
import type { Reason } from '../words';
import type { UsageQuery, UsageResponse } from './contracts';

type Report = UsageResponse['data'];
export type UsageParts = Pick<
  CutoutApp,
  'config' | 'driftReads' | 'ledger' | 'paidCalls' | 'service' | 'waiting' | 'windows'
>;

export interface UsageQuestion {
  /** Null: the window under way. */
  period: PeriodQuery | null;
  /** Whether the account is asked first; else it is told as it was known last, which nobody waits for. */
  ask: boolean;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const NO_QUESTION = Infinity;

/** Everything the credits page shows, from the ledger and from what the account service told last. */
export async function reportUsage(app: UsageParts, now: number, question: UsageQuestion): Promise<Report> {
  const { config, ledger, paidCalls, service, waiting, windows } = app;
  const { view, cycles, use } = await askAccount(service, question);
  const window = await windows.current();
  const period = periodOf(question.period, window, cycles);
  const current = await ledger.totals(window.startsAt);
  const prepaidUsed = view && (await windows.prepaidUsed(view.figures));
  const drift = view && (await driftIn(app, view, window, prepaidUsed, now));
  const problem = service?.account.problem() ?? null;
  return {
    now: iso(now),
    configured: service !== null,
    cycle: { ...spanOf(window), synced: window.synced, projected: window.projected },
    period: { ...spanOf(period), kind: period.kind, isCurrent: period.isCurrent },
    ledger: period.isCurrent ? current : await ledger.totals(period.startsAt, period.endsAt),
    savings: await ledger.savings(period.startsAt, period.endsAt),
    days: await ledger.days(period),
    keptSince: iso(Math.min(now - config.usage.keepDays * DAY_MS, window.startsAt)),
    budget: await budgetOf(app, window, current, now),
    account: view && accountOf(view, prepaidUsed),
    periodUse: period.isCurrent ? null : use && useOf(use),
    accountProblem: problem && { code: problem.code ?? 'remote.bad-answer', message: problem.message },
    cycles: (cycles ?? []).map(({ periodStartUnix, appUsage, apiUsage }) => {
      const { startsAt, endsAt, isCurrent } = periodOf({ periodStartUnix }, window, cycles);
      return { ...spanOf({ startsAt, endsAt }), periodStartUnix, appUsage, apiUsage, isCurrent };
    }),
    forecast: view && forecastOf(view, prepaidUsed, now),
    drift,
    driftAgrees: app.driftReads.agree(view?.at ?? 0, drift),
    stopped: stoppedBy(service),
    waiting: (await waiting.counts())
      .filter(({ code }) => /^(remote|budget)\./.test(code))
      .map(({ state, code, count }) => ({ state: state === 'held' ? state : 'waiting', code, count })),
    unknownCalls: await paidCalls.countUnknown(),
  };
}

/** Side by side: a silent account host is waited for once. */
async function askAccount(service: Service | null, { period, ask }: UsageQuestion) {
  const age = ask ? undefined : NO_QUESTION;
  const [view = null, cycles = null, use = null] = await Promise.all([
    service?.account.view(age),
    service?.account.cycles(age),
    period && service?.account.periodUse(period, age),
  ]);
  return { view, cycles, use };
}

/** The period that a query names, its month made whole by the clock. */
export function periodQueryOf(
  query: Pick<UsageQuery, 'periodStartUnix' | 'year' | 'month'>,
  now: number,
): PeriodQuery | null {
  const { periodStartUnix, year, month } = query;
  if (periodStartUnix !== undefined) return { periodStartUnix };
  if (year === undefined && month === undefined) return null;
  const today = new Date(now);
  return { year: year ?? today.getUTCFullYear(), month: month ?? today.getUTCMonth() + 1 };
}

async function budgetOf(
  { config, windows }: Pick<UsageParts, 'config' | 'windows'>,
  window: Window,
  { charged, unknown, reserved, held }: Totals,
  now: number,
): Promise<Report['budget']> {
  const { credits, reserve, atLimit } = config.remote.budget;
  const spent = charged + unknown + reserved + held;
  const runsOutAt =
    credits === null ? null : forecast(charged + unknown, Math.max(0, credits - spent), window, now).runsOutAt;
  const alerted = credits === null ? 0 : await windows.alerted(window);
  return {
    credits,
    reserve,
    atLimit,
    spent,
    alerted: alerted || null,
    runsOutAt: runsOutAt === null ? null : iso(runsOutAt),
  };
}

function accountOf({ figures, at, stale }: AccountView, prepaidUsed: number | null): NonNullable<Report['account']> {
  const { plan, included, prepaid, remaining, app, api, synced } = figures;
  return {
    plan,
    includedCredits: included,
    prepaidCredits: prepaid,
    remainingIncludedCredits: remaining,
    spendable: spendableOf(figures),
    appUsage: app,
    apiUsage: api,
    synced,
    prepaidUsed,
    asOf: iso(at),
    stale,
  };
}

const useOf = ({ app, api, included, synced }: PeriodUse): NonNullable<Report['periodUse']> => ({
  appUsage: app,
  apiUsage: api,
  includedCredits: included,
  synced,
});

/** Null when the window that the account told of is over: its usage says nothing of the next one's. */
function forecastOf({ figures }: AccountView, prepaidUsed: number | null, now: number): Report['forecast'] {
  if (now >= figures.endsAt) return null;
  const used = figures.app + figures.api + (prepaidUsed ?? 0);
  const { perDay, runsOutAt } = forecast(used, spendableOf(figures), figures, now);
  return { perDay, runsOutAt: runsOutAt === null ? null : iso(runsOutAt) };
}

async function driftIn(
  { ledger }: Pick<UsageParts, 'ledger'>,
  view: AccountView,
  window: Window,
  prepaidUsed: number | null,
  now: number,
): Promise<number | null> {
  const start = comparableStart(view, window, now);
  if (start === null) return null;
  const account = view.figures.api + (prepaidUsed ?? 0);
  return driftOf({ account, ...(await ledgerRange(ledger, start, view.at)) });
}

/** Why the account takes no calls at all; never the trouble of one picture, nor a limit that turns by itself. */
export function accountProblem(service: Service): Reason | null {
  const stop = stoppedBy(service);
  return stop && ACCOUNT_STOPS.includes(stop.reason.code) ? stop.reason : null;
}

function stoppedBy(service: CutoutApp['service']): Report['stopped'] {
  const state = service?.circuit.state();
  if (state?.kind !== 'open') return null;
  const { code, message, until } = state;
  return { reason: { code, message }, until: until === null ? null : iso(until) };
}

const iso = (time: number) => new Date(time).toISOString();
const spanOf = ({ startsAt, endsAt }: Pick<Window, 'startsAt' | 'endsAt'>) => ({
  startsAt: iso(startsAt),
  endsAt: iso(endsAt),
});
