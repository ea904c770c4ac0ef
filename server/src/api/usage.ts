import type { UsageResponse } from './contracts';
import { ACCOUNT_STOPS } from '../account-check';
import type { CutoutApp, Service } from '../app';
import { type Membership, spendable } from '../engines/remote/membership';
import type { AccountView } from '../usage/account';
import { cycleAt } from '../usage/cycle';
import { forecast } from '../usage/forecast';
import type { Reason } from '../words';

type Report = UsageResponse['data'];

/** Everything the credits dashboard shows, from the ledger and from what the account service told last. */
export async function reportUsage(
  app: Pick<CutoutApp, 'config' | 'ledger' | 'service'>,
  now = Date.now(),
): Promise<Report> {
  const { config, ledger, service } = app;
  const view = (await service?.account.membership()) ?? null;
  const cycle = cycleAt(now, view?.membership.billingCycle);
  const totals = await ledger.totals(cycle.startsAt, cycle.endsAt);
  const account = view && accountOf(view);
  const used = account ? account.appUsage + account.apiUsage : 0;
  const rate = account && forecast(used, account.spendable, cycle, now);
  const periods = (await service?.account.cycles()) ?? [];
  return {
    cycle: { startsAt: iso(cycle.startsAt), endsAt: iso(cycle.endsAt), synced: cycle.synced },
    ledger: totals,
    savings: await ledger.savings(cycle.startsAt, cycle.endsAt),
    budget: { ...config.remote.budget, spent: totals.charged + totals.unknown + totals.reserved + totals.held },
    account,
    accountProblem: service?.account.problem() ?? null,
    cycles: periods.map(({ periodStartUnix, periodEndUnix, appUsage, apiUsage }) => ({
      startsAt: iso(periodStartUnix * 1000),
      endsAt: iso(periodEndUnix * 1000),
      appUsage,
      apiUsage,
    })),
    forecast: rate && { perDay: rate.perDay, runsOutAt: rate.runsOutAt === null ? null : iso(rate.runsOutAt) },
    drift: account ? account.apiUsage - totals.charged - totals.unknown : null,
    stopped: stoppedBy(service),
  };
}

function accountOf({ membership, at, stale }: AccountView): NonNullable<Report['account']> {
  const { included, remaining, app, api } = usageOf(membership);
  return {
    plan: membership.membership,
    includedCredits: included,
    prepaidCredits: membership.billingCycle?.prepaidCredits ?? membership.prepaidCredits,
    remainingIncludedCredits: remaining,
    spendable: spendable(membership),
    appUsage: app,
    apiUsage: api,
    asOf: iso(at),
    stale,
  };
}

/** The cycle's figures where the account is synced, else the calendar month's, as the documents advise. */
function usageOf({ billingCycle, credits, app_usage: app, api_usage: api }: Membership) {
  if (billingCycle?.stripeBillingSynced) {
    const { includedCredits: included, remainingIncludedCredits: remaining } = billingCycle;
    return { included, remaining, app: billingCycle.appUsage, api: billingCycle.apiUsage };
  }
  return { included: credits, remaining: Math.max(0, credits - app - api), app, api };
}

/** Why the account takes no calls at all; never the trouble of one picture, nor a limit that turns by itself. */
export function accountProblem(service: Service): Reason | null {
  const stop = stoppedBy(service);
  return stop && ACCOUNT_STOPS.includes(stop.reason.code) ? stop.reason : null;
}

function stoppedBy(service: CutoutApp['service']): Report['stopped'] {
  const state = service?.client.circuit.state();
  if (state?.kind !== 'open') return null;
  const { code, message, until } = state;
  return { reason: { code, message }, until: until === null ? null : iso(until) };
}

const iso = (time: number) => new Date(time).toISOString();
