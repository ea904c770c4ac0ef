/** A billing cycle, times in milliseconds since the epoch. */
export interface Cycle {
  startsAt: number;
  /** First moment of the next cycle. */
  endsAt: number;
  /** False: the service knows no subscription window, the UTC calendar month stands in for it. */
  synced: boolean;
}

/** What the account service says of the window, in unix seconds; `periodEndUnix` is the renewal boundary. */
export interface BillingWindow {
  periodStartUnix: number;
  periodEndUnix: number;
  stripeBillingSynced?: boolean | undefined;
}

/** The cycle `now` lies in: the subscription's if the account is synced and its window is not over, else the UTC month. */
export function cycleAt(now: number, billing: BillingWindow | null | undefined): Cycle {
  if (billing?.stripeBillingSynced) {
    const startsAt = billing.periodStartUnix * 1000;
    const endsAt = billing.periodEndUnix * 1000;
    if (startsAt <= now && now < endsAt) return { startsAt, endsAt, synced: true };
  }
  const date = new Date(now);
  const month = (offset: number) => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + offset);
  return { startsAt: month(0), endsAt: month(1), synced: false };
}

/** Names the cycle in the database. */
export const cycleKey = (cycle: Cycle): string => new Date(cycle.startsAt).toISOString();
