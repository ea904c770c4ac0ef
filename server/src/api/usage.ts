import type { CutoutApp } from '../app';
import type { AccountView } from '../usage/account-view';
import { spendableOf } from '../usage/account-view';
import { comparableStart, driftOf, ledgerRange } from '../usage/drift';
import { forecast } from '../usage/forecast';
import type { Window } from '../usage/window';
import type { UsageResponse } from './contracts';
import { ACCOUNT_STOPS } from '../usage/check';
import type { Service } from '../usage/service';
import type { Reason } from '../words';

type Report = UsageResponse['data'];
type Parts = Pick<CutoutApp, 'config' | 'ledger' | 'service' | 'windows'>;

/** Everything the credits dashboard shows, from the ledger and from what the account service told last. */
export async function reportUsage(app: Parts, now = Date.now()): Promise<Report> {
  const { config, ledger, service, windows } = app;
  // Side by side: a silent account host is waited for once.
  const [view = null, periods = null] = await Promise.all([service?.account.view(), service?.account.cycles()]);
  const window = await windows.current();
  const totals = await ledger.totals(window.startsAt);
  const prepaidUsed = view && (await windows.prepaidUsed(view.figures));
  return {
    cycle: { ...spanOf(window), synced: window.synced, projected: window.projected },
    ledger: totals,
    savings: await ledger.savings(window.startsAt),
    budget: { ...config.remote.budget, spent: totals.charged + totals.unknown + totals.reserved + totals.held },
    account: view && accountOf(view, prepaidUsed),
    accountProblem: service?.account.problem()?.message ?? null,
    cycles: (periods ?? []).map(({ periodStartUnix, periodEndUnix, appUsage, apiUsage }) => ({
      ...spanOf({ startsAt: periodStartUnix * 1000, endsAt: periodEndUnix * 1000 }),
      appUsage,
      apiUsage,
    })),
    forecast: view && forecastOf(view, prepaidUsed, now),
    drift: view && (await driftIn(app, view, window, prepaidUsed, now)),
    stopped: stoppedBy(service),
  };
}

function accountOf({ figures, at, stale }: AccountView, prepaidUsed: number | null): NonNullable<Report['account']> {
  const { plan, included, prepaid, remaining, app, api } = figures;
  return {
    plan,
    includedCredits: included,
    prepaidCredits: prepaid,
    remainingIncludedCredits: remaining,
    spendable: spendableOf(figures),
    appUsage: app,
    apiUsage: api,
    prepaidUsed,
    asOf: iso(at),
    stale,
  };
}

/** Null when the window that the account told of is over: its usage says nothing of the next one's. */
function forecastOf({ figures }: AccountView, prepaidUsed: number | null, now: number): Report['forecast'] {
  if (now >= figures.endsAt) return null;
  const used = figures.app + figures.api + (prepaidUsed ?? 0);
  const { perDay, runsOutAt } = forecast(used, spendableOf(figures), figures, now);
  return { perDay, runsOutAt: runsOutAt === null ? null : iso(runsOutAt) };
}

async function driftIn(
  { ledger }: Parts,
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
