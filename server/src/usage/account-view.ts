import type { BillingPeriod, Membership } from '../engines/remote/membership';
import { monthAt, type PeriodQuery, type Window } from './window';

/** What the account says of its credits, read from whichever fields are right for it. */
export interface Figures {
  plan: string;
  /** The window that `app` and `api` were counted in, milliseconds since the epoch. */
  startsAt: number;
  endsAt: number;
  /** The window is the subscription's, else the UTC calendar month. */
  synced: boolean;
  included: number;
  remaining: number;
  prepaid: number;
  /** Included credits used in the web editor, and by API key. */
  app: number;
  api: number;
}

/** The last answer of the account service. */
export interface AccountView {
  figures: Figures;
  /** When it was asked, milliseconds since the epoch. */
  at: number;
  /** A newer one could not be had. */
  stale: boolean;
}

/**
 * The figures of a membership answer: the cycle's where the account is synced, else the calendar month's, as the
 * documents advise.
 * @param askedAt tells which month it is that the answer is about
 */
export function figuresOf(membership: Membership, askedAt: number): Figures {
  const { billingCycle: cycle, membership: plan, credits: included, app_usage: app, api_usage: api } = membership;
  if (cycle?.stripeBillingSynced) {
    return {
      plan,
      startsAt: cycle.periodStartUnix * 1000,
      endsAt: renewalOf(cycle),
      synced: true,
      included: cycle.includedCredits,
      remaining: cycle.remainingIncludedCredits,
      prepaid: cycle.prepaidCredits,
      app: cycle.appUsage,
      api: cycle.apiUsage,
    };
  }
  const { startsAt, endsAt, synced } = monthOf(cycle, askedAt);
  const remaining = Math.max(0, included - app - api);
  return { plan, startsAt, endsAt, synced, included, remaining, prepaid: membership.prepaidCredits, app, api };
}

/** The month that the account's clock is in; near its turn that may be another one than ours. */
function monthOf(cycle: Membership['billingCycle'], askedAt: number): Window {
  const told = cycle && monthAt(cycle.periodStartUnix * 1000);
  return told && told.startsAt === cycle.periodStartUnix * 1000 ? told : monthAt(askedAt);
}

/** First moment of the next cycle. Some answers name the last second before it. */
export function renewalOf({
  periodStartUnix,
  periodEndUnix,
}: Pick<BillingPeriod, 'periodStartUnix' | 'periodEndUnix'>): number {
  const daySeconds = 24 * 60 * 60;
  const isLastSecond = (periodEndUnix + 1 - periodStartUnix) % daySeconds === 0;
  return (isLastSecond ? periodEndUnix + 1 : periodEndUnix) * 1000;
}

export const spendableOf = ({ remaining, prepaid }: Figures): number => remaining + prepaid;

/** What the account counted in a span that is not the one under way. */
export interface PeriodUse {
  app: number;
  api: number;
  /** Credits of the plan in that cycle; null for a month, which has none of its own. */
  included: number | null;
  /** The account knows the span as a cycle of the subscription's. */
  synced: boolean;
}

export function periodUseOf({ app_usage, api_usage, billingCycle }: Membership, query: PeriodQuery): PeriodUse {
  const use = { app: app_usage, api: api_usage };
  if ('year' in query || !billingCycle) return { ...use, included: null, synced: false };
  return { ...use, included: billingCycle.includedCredits, synced: billingCycle.stripeBillingSynced };
}
