import { messageOf } from '../errors';
import type { RembgClient } from '../engines/remote';
import { type BillingPeriod, type Membership, spendable } from '../engines/remote/membership';
import { type Cycle, cycleAt } from './cycle';
import type { Balance } from './reserve';

/** The last answer of the account service. `stale`: a newer one could not be had, `problem` says why. */
export interface AccountView {
  membership: Membership;
  /** When it was told, milliseconds since the epoch. */
  at: number;
  stale: boolean;
}

export interface Account {
  /** At most `maxAgeMs` old, else asked for anew; the last known one when the service fails. Never rejects. */
  membership(): Promise<AccountView | null>;
  /** Known cycles, newest first; null when the service fails. Never rejects. */
  cycles(): Promise<BillingPeriod[] | null>;
  /** The cycle now, of the account if it is synced, else the UTC month. */
  cycle(): Promise<Cycle>;
  balance(): Promise<Balance | null>;
  /** Why the last question failed; null if it did not. */
  problem(): string | null;
}

export interface AccountOptions {
  client: RembgClient;
  maxAgeMs?: number;
  now?: () => number;
}

const MAX_AGE_MS = 60_000;

/** Asks the account service for everybody at once, and at most once a minute, whether it answers or not. */
export function createAccount({ client, maxAgeMs = MAX_AGE_MS, now = Date.now }: AccountOptions): Account {
  let known: { membership: Membership; at: number } | null = null;
  let triedAt = -Infinity;
  let problem: string | null = null;
  let asking: Promise<void> | null = null;
  let cycles: { list: BillingPeriod[]; at: number } | null = null;

  const ask = async () => {
    try {
      const membership = await client.membership({ expand: ['billing_cycle'] });
      known = { membership, at: now() };
      problem = null;
    } catch (error) {
      problem = messageOf(error);
    } finally {
      triedAt = now();
      asking = null;
    }
  };

  const membership = async (): Promise<AccountView | null> => {
    if (now() - triedAt >= maxAgeMs) await (asking ??= ask());
    return known && { ...known, stale: problem !== null || now() - known.at >= 2 * maxAgeMs };
  };

  return {
    membership,
    async cycles() {
      if (cycles && now() - cycles.at < maxAgeMs) return cycles.list;
      try {
        cycles = { list: await client.billingCycles(), at: now() };
      } catch (error) {
        problem = messageOf(error);
      }
      return cycles?.list ?? null;
    },
    cycle: async () => cycleAt(now(), (await membership())?.membership.billingCycle),
    async balance() {
      const view = await membership();
      return view && { spendable: spendable(view.membership), at: view.at };
    },
    problem: () => problem,
  };
}
