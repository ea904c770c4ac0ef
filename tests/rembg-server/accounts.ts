import { randomBytes } from 'node:crypto';
import { problem, type Problem } from './rows';

/** What an API key stands for. */
export interface Plan {
  membership: string;
  /** Credits of the plan, anew each billing window. */
  included: number;
  /** Bought credits; they never reset. */
  prepaid: number;
  /** `true`: the billing window is the subscription's; `false`: it falls back to the UTC calendar month. */
  synced: boolean;
  verified: boolean;
  /** Short-term limit; `null` for none. */
  rate: { requests: number; windowMs: number } | null;
  /** Start of the running subscription period, unix seconds; now when left out. */
  periodStartUnix?: number;
  /** Length of a subscription period in days. */
  periodDays: number;
  /** The service learns of a new period so much later than it begins, as from a late webhook. Milliseconds. */
  turnLateMs: number;
}

export interface Usage {
  app: number;
  api: number;
}

export interface Account {
  key: string;
  plan: Plan;
  months: Map<string, Usage>;
  cycles: Map<number, Usage>;
  period: { start: number; end: number };
  /** Times of recent requests, milliseconds. */
  recent: number[];
  /** Credits taken since the server started: included and prepaid. */
  charged: number;
}

/** Who sends a request: an account, or nobody known at an address. */
export type Caller = { account: Account } | { address: string };

/** OPEN in the documents: how much a caller without a key may do per UTC day. */
const anonymousPerDay = 5;

const premium: Plan = {
  membership: 'Premium-20000',
  included: 18500,
  prepaid: 2000,
  synced: true,
  verified: true,
  rate: null,
  periodDays: 30,
  turnLateMs: 0,
};

export const monthKey = (ms: number) => new Date(ms).toISOString().slice(0, 7);
const dayKey = (ms: number) => new Date(ms).toISOString().slice(0, 10);
const none: Usage = { app: 0, api: 0 };

/** The accounts of one server and their counters: calendar months (UTC) and subscription periods. */
export function createAccounts(now: () => number) {
  const accounts = new Map<string, Account>();
  const anonymous = new Map<string, number>();

  /** Adds a key; what `plan` leaves out is a synced Premium-20000 plan without a rate limit. */
  function addKey(plan: Partial<Plan> = {}, key = `rembg_${randomBytes(12).toString('hex')}`): string {
    const whole = { ...premium, ...plan };
    const start = whole.periodStartUnix ?? Math.floor(now() / 1000);
    const period = { start, end: start + whole.periodDays * 86400 };
    accounts.set(key, {
      key,
      plan: whole,
      months: new Map(),
      cycles: new Map(),
      period,
      recent: [],
      charged: 0,
    });
    return key;
  }

  /** The account of a key, its subscription period rolled on to the present. */
  function find(key: string): Account | null {
    const account = accounts.get(key);
    if (!account) return null;
    const { period, plan } = account;
    while ((now() - plan.turnLateMs) / 1000 >= period.end) {
      period.start = period.end;
      period.end += plan.periodDays * 86400;
    }
    return account;
  }

  /** Use in the window the image API enforces: the subscription period when synced, else the calendar month. */
  function used({ plan, period, cycles, months }: Account): Usage {
    return (plan.synced ? cycles.get(period.start) : months.get(monthKey(now()))) ?? none;
  }

  function count(account: Account, source: keyof Usage, by: number): void {
    const add = <K>(counters: Map<K, Usage>, key: K) => {
      const usage = counters.get(key) ?? { ...none };
      usage[source] += by;
      counters.set(key, usage);
    };
    add(account.months, monthKey(now()));
    if (account.plan.synced) add(account.cycles, account.period.start);
  }

  /** The short-term limit, then the balance. Counts the request for the former. */
  function admit(caller: Caller): Problem | null {
    if ('address' in caller) {
      const day = `${caller.address} ${dayKey(now())}`;
      return (anonymous.get(day) ?? 0) >= anonymousPerDay ? problem('daily-limit') : null;
    }
    const { account } = caller;
    const { rate } = account.plan;
    if (rate) {
      account.recent = account.recent.filter((time) => time > now() - rate.windowMs);
      if (account.recent.length >= rate.requests) return problem('rate-limit');
      account.recent.push(now());
    }
    return spendable(account) > 0 ? null : problem('monthly-limit');
  }

  function spendable(account: Account): number {
    const { app, api } = used(account);
    return Math.max(0, account.plan.included - app - api) + account.plan.prepaid;
  }

  /** Takes one credit, included ones first, and gives the function that puts it back. */
  function charge(caller: Caller): () => void {
    if ('address' in caller) {
      const day = `${caller.address} ${dayKey(now())}`;
      anonymous.set(day, (anonymous.get(day) ?? 0) + 1);
      return () => void anonymous.set(day, (anonymous.get(day) ?? 1) - 1);
    }
    const { account } = caller;
    const { app, api } = used(account);
    const fromPlan = app + api < account.plan.included;
    const take = (by: number) => {
      account.charged += by;
      if (fromPlan) count(account, 'api', by);
      else account.plan.prepaid -= by;
    };
    take(1);
    return () => take(-1);
  }

  return {
    addKey,
    find,
    used,
    admit,
    charge,
    spendable,
    /** The key is valid no more, as after a person has made a new one, until the function that it returns is called. */
    revoke: (key: string): (() => void) => {
      const account = accounts.get(key);
      accounts.delete(key);
      return () => void (account && accounts.set(key, account));
    },
    /** Prepaid credits, as a person on the account's page would add them. */
    buyCredits: (key: string, credits: number) => {
      const account = find(key);
      if (account) account.plan.prepaid += credits;
    },
    /** The running period ends in so many milliseconds, and the service learns of the next one so much later. */
    endPeriod: (key: string, inMs: number, lateMs: number) => {
      const account = find(key);
      if (!account) return;
      account.period.end = Math.ceil((now() + inMs) / 1000);
      account.plan.turnLateMs = lateMs;
    },
    /** Counts use in the web editor, as a person there would cause it. */
    useApp: (key: string, credits: number) => {
      const account = find(key);
      if (account) count(account, 'app', credits);
    },
    all: () => [...accounts.values()],
  };
}

export type Accounts = ReturnType<typeof createAccounts>;
