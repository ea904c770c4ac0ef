import { monthKey, type Account, type Accounts, type Usage } from './accounts';

export interface JsonAnswer {
  status: number;
  body: object;
}

const bad = (error: string): JsonAnswer => ({ status: 400, body: { error, status: 400 } });
const on = (value: string | null) => value === '1' || value === 'true';

/** Answers `GET /api/membership-usage` for a known account, in each of its query modes. */
export function membershipUsage(
  account: Account,
  query: URLSearchParams,
  accounts: Accounts,
  nowMs: number,
): JsonAnswer {
  if (on(query.get('listBillingCycles'))) return { status: 200, body: { billingCycles: billingCycles(account) } };

  const given = { year: query.get('year'), month: query.get('month'), start: query.get('periodStartUnix') };
  // OPEN in the documents: the words of these four messages.
  if (given.start !== null && (given.year !== null || given.month !== null)) {
    return bad('Cannot use periodStartUnix together with year or month');
  }
  const year = whole(given.year, 1, 9999);
  const month = whole(given.month, 1, 12);
  const start = whole(given.start, 1, Number.MAX_SAFE_INTEGER);
  if (year === 'bad') return bad("'year' must be an integer between 1 and 9999");
  if (month === 'bad') return bad("'month' must be an integer between 1 and 12");
  if (start === 'bad') return bad("'periodStartUnix' must be unix seconds");

  const today = new Date(nowMs);
  const asked = monthKey(Date.UTC(2000, (month ?? today.getUTCMonth() + 1) - 1)).slice(4);
  const calendar = `${String(year ?? today.getUTCFullYear()).padStart(4, '0')}${asked}`;
  const usage = (start === null ? account.months.get(calendar) : account.cycles.get(start)) ?? { app: 0, api: 0 };
  const flags = (query.get('expand') ?? '').split(',').map((flag) => flag.trim());
  const expanded = flags.includes('billing_cycle') || on(query.get('includeBillingCycle'));
  return {
    status: 200,
    body: {
      membership: account.plan.membership,
      credits: account.plan.included,
      prepaidCredits: account.plan.prepaid,
      app_usage: usage.app,
      api_usage: usage.api,
      ...(expanded ? { billingCycle: billingCycle(account, start, accounts, nowMs) } : {}),
    },
  };
}

function whole(given: string | null, least: number, most: number): number | null | 'bad' {
  if (given === null) return null;
  const value = Number(given);
  return Number.isInteger(value) && value >= least && value <= most ? value : 'bad';
}

/** Newest first; a period is listed if it has use or is the current one. Ends are inferred: next start − 1. */
function billingCycles({ plan, cycles, period }: Account) {
  const starts = new Set(cycles.keys());
  if (plan.synced) starts.add(period.start);
  const sorted = [...starts].sort((a, b) => b - a);
  return sorted.map((start, index) => ({
    periodStartUnix: start,
    periodEndUnix: index === 0 ? period.end : (sorted[index - 1] ?? 0) - 1,
    appUsage: cycles.get(start)?.app ?? 0,
    apiUsage: cycles.get(start)?.api ?? 0,
  }));
}

function billingCycle(account: Account, asked: number | null, accounts: Accounts, nowMs: number) {
  const { plan, period, cycles } = account;
  if (asked !== null && (asked !== period.start || !plan.synced)) {
    const listed = billingCycles(account).find((cycle) => cycle.periodStartUnix === asked);
    const end = listed?.periodEndUnix ?? asked + plan.periodDays * 86400 - 1;
    return describe(account, { start: asked, end }, cycles.get(asked) ?? { app: 0, api: 0 }, listed !== undefined);
  }
  return describe(account, plan.synced ? period : calendarMonth(nowMs), accounts.used(account), plan.synced);
}

function calendarMonth(nowMs: number) {
  const today = new Date(nowMs);
  const at = (month: number) => Date.UTC(today.getUTCFullYear(), month) / 1000;
  return { start: at(today.getUTCMonth()), end: at(today.getUTCMonth() + 1) - 1 };
}

function describe({ plan }: Account, window: { start: number; end: number }, usage: Usage, synced: boolean) {
  const used = usage.app + usage.api;
  return {
    periodStartUnix: window.start,
    periodEndUnix: window.end,
    appUsage: usage.app,
    apiUsage: usage.api,
    includedCredits: plan.included,
    prepaidCredits: plan.prepaid,
    usedIncludedCredits: used,
    remainingIncludedCredits: Math.max(0, plan.included - used),
    stripeBillingSynced: synced,
  };
}
