import type { Config } from '../../config/schema';
import type { ApiCalls } from '../../usage/api-calls';
import { type ApiWindow, cycleAt, cyclesSince, keptSince, monthOf } from '../../usage/api-windows';
import type { Refusal } from './refusals';

interface MembershipParts {
  config: Pick<Config, 'usage' | 'rembgApi'>;
  calls: ApiCalls;
  /** Milliseconds since the epoch. */
  now: number;
}

export type MembershipAnswer = { body: object } | { refusal: Refusal };

const on = (value: string | null): boolean => value === '1' || value === 'true';
const refused = (error: string): MembershipAnswer => ({ refusal: { status: 400, error } });

/** `GET /api/membership-usage` of the Rembg documents, in each of its modes. */
export async function membershipUsage(query: URLSearchParams, parts: MembershipParts): Promise<MembershipAnswer> {
  if (on(query.get('listBillingCycles'))) return { body: { billingCycles: await billingCycles(parts) } };

  // OPEN in the documents: the words of these messages.
  const given = { year: query.get('year'), month: query.get('month'), start: query.get('periodStartUnix') };
  if (given.start !== null && (given.year !== null || given.month !== null)) {
    return refused('Cannot use periodStartUnix together with year or month');
  }
  const today = new Date(parts.now);
  const year = whole(given.year, today.getUTCFullYear(), 1, 9999);
  const month = whole(given.month, today.getUTCMonth() + 1, 1, 12);
  const start = whole(given.start, 0, 1, MAX_UNIX);
  if (year === null) return refused("'year' must be an integer between 1 and 9999");
  if (month === null) return refused("'month' must be an integer between 1 and 12");
  if (start === null) return refused("'periodStartUnix' must be unix seconds");

  const cycle = given.start === null ? null : cycleFrom(start, parts);
  const flags = (query.get('expand') ?? '').split(',').map((flag) => flag.trim());
  const expanded = flags.includes('billing_cycle') || on(query.get('includeBillingCycle'));
  const { plan } = parts.config.rembgApi;
  const usage = await parts.calls.usage(cycle ?? monthOf(year, month));
  return {
    body: {
      membership: plan.membership,
      credits: plan.credits,
      prepaidCredits: await parts.calls.prepaidLeft(),
      app_usage: usage.app,
      api_usage: usage.api,
      ...(expanded ? { billingCycle: await billingCycle(cycle, parts) } : {}),
    },
  };
}

/** The last second that JavaScript's dates know. */
const MAX_UNIX = 8.64e12;

function whole(given: string | null, absent: number, least: number, most: number): number | null {
  if (given === null) return absent;
  const value = /^\d+$/.test(given) ? Number(given) : NaN;
  return value >= least && value <= most ? value : null;
}

/** Nothing happened in a window that does not begin where a cycle does. */
function cycleFrom(startUnix: number, { config }: MembershipParts): ApiWindow {
  const cycle = cycleAt(startUnix * 1000, config.rembgApi.cycleDay);
  return cycle.start === startUnix * 1000 ? cycle : { start: startUnix * 1000, end: startUnix * 1000 };
}

/** The last second of a window is the documents' end of it. */
const unix = ({ start, end }: ApiWindow) => ({
  periodStartUnix: start / 1000,
  periodEndUnix: Math.max(start, end - 1000) / 1000,
});

/** The newest first; with usage, or under way. */
async function billingCycles({ config, calls, now }: MembershipParts): Promise<object[]> {
  const cycles = cyclesSince(keptSince(now, config), now, config.rembgApi.cycleDay);
  const listed = [];
  for (const cycle of cycles) {
    const { app, api } = await calls.usage(cycle);
    if (app + api > 0 || cycle === cycles[0]) listed.push({ ...unix(cycle), appUsage: app, apiUsage: api });
  }
  return listed;
}

async function billingCycle(asked: ApiWindow | null, { config, calls, now }: MembershipParts): Promise<object> {
  const { plan, cycleDay } = config.rembgApi;
  const cycle = asked ?? cycleAt(now, cycleDay);
  const { app, api } = await calls.usage(cycle);
  return {
    ...unix(cycle),
    appUsage: app,
    apiUsage: api,
    includedCredits: plan.credits,
    prepaidCredits: await calls.prepaidLeft(),
    usedIncludedCredits: app + api,
    remainingIncludedCredits: Math.max(0, plan.credits - app - api),
    // What the documents call it when the window is more than the calendar month.
    stripeBillingSynced: cycleDay !== null && cycle.end > cycle.start,
  };
}
