import type { Config } from '../../config/schema';
import type { ApiCalls } from '../../usage/api-calls';
import { type ApiWindow, cycleAt, cyclesSince, keptSince, monthOf } from '../../usage/api-windows';
import { type BillingCycle, type ListedCycle, type MembershipBody, membershipQuery } from './contracts';
import type { Refusal } from './refusals';

interface MembershipParts {
  config: Pick<Config, 'usage' | 'rembgApi'>;
  calls: ApiCalls;
  /** Milliseconds since the epoch. */
  now: number;
}

export type MembershipAnswer = { body: MembershipBody } | { refusal: Refusal };

const on = (value: string | undefined): boolean => value === '1' || value === 'true';
const refused = (error: string): MembershipAnswer => ({ refusal: { status: 400, error } });

/** `GET /api/membership-usage` of the Rembg documents, in each of its modes. */
export async function membershipUsage(query: URLSearchParams, parts: MembershipParts): Promise<MembershipAnswer> {
  const names = Object.keys(membershipQuery.shape);
  const given = Object.fromEntries(names.map((name) => [name, query.get(name) ?? undefined]));
  if (on(given.listBillingCycles)) return { body: { billingCycles: await billingCycles(parts) } };

  if (given.periodStartUnix !== undefined && (given.year !== undefined || given.month !== undefined)) {
    return refused('Cannot use periodStartUnix together with year or month');
  }
  const { data, error } = membershipQuery.safeParse(given);
  if (!data) return refused(error.issues[0]?.message ?? 'The query cannot be read.');
  const { year, month, periodStartUnix, expand = '', includeBillingCycle } = data;

  const today = new Date(parts.now);
  const cycle = periodStartUnix === undefined ? null : cycleFrom(periodStartUnix, parts);
  const flags = expand.split(',').map((flag) => flag.trim());
  const expanded = flags.includes('billing_cycle') || on(includeBillingCycle);
  const { plan } = parts.config.rembgApi;
  const asked = cycle ?? monthOf(year ?? today.getUTCFullYear(), month ?? today.getUTCMonth() + 1);
  const usage = await parts.calls.usage(asked);
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
async function billingCycles({ config, calls, now }: MembershipParts): Promise<ListedCycle[]> {
  const cycles = cyclesSince(keptSince(now, config), now, config.rembgApi.cycleDay);
  const listed = [];
  for (const cycle of cycles) {
    const { app, api } = await calls.usage(cycle);
    if (app + api > 0 || cycle === cycles[0]) listed.push({ ...unix(cycle), appUsage: app, apiUsage: api });
  }
  return listed;
}

async function billingCycle(asked: ApiWindow | null, { config, calls, now }: MembershipParts): Promise<BillingCycle> {
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
