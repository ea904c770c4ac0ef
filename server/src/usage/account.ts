import { elapsed } from '../clock';
import type { BillingPeriod, Membership, MembershipQuery } from '../engines/remote/membership';
import { CutoutError, type ErrorCode, messageOf } from '../errors';
import { type AccountView, type Figures, figuresOf, type PeriodUse, periodUseOf } from './account-view';
import type { PeriodQuery } from './window';

export interface AccountProblem {
  /** Null for what is no error of ours. */
  code: ErrorCode | null;
  message: string;
}

export interface Account {
  /**
   * At most `maxAgeMs` old (a minute when left out), else asked for anew, which takes four seconds at most; the last
   * known one when the service fails. `Infinity` asks nothing. A failure counts as an answer: nobody asks again before its time. Never rejects.
   */
  view(maxAgeMs?: number): Promise<AccountView | null>;
  /** Known cycles, newest first; null when the service never told. As `view` does. */
  cycles(maxAgeMs?: number): Promise<BillingPeriod[] | null>;
  /** What it counted in another span than the one under way. As `view` does. */
  periodUse(query: PeriodQuery, maxAgeMs?: number): Promise<PeriodUse | null>;
  /** Why the last question failed; null if it did not. */
  problem(): AccountProblem | null;
}

export interface AccountOptions {
  client: {
    membership(query: MembershipQuery, options: { signal: AbortSignal }): Promise<Membership>;
    billingCycles(options: { signal: AbortSignal }): Promise<BillingPeriod[]>;
  };
  /** Told each answer, before anybody gets it, so that the windows in the database are not behind it. */
  onAnswer: (figures: Figures, askedAt: number) => Promise<void>;
  now: () => number;
}

const MAX_AGE_MS = 60_000;
/** Of the spans that were asked for, so many are kept. */
const MOST_PERIODS = 24;
/** No upload and no page waits longer for an account host that is silent. */
const ANSWER_MS = 4_000;

/** Asks the account service for everybody at once, and no more often than somebody needs to know. */
export function createAccount({ client, onAnswer, now }: AccountOptions): Account {
  const membership = createQuestion(async (signal) => {
    const askedAt = now();
    const figures = figuresOf(await client.membership({ expand: ['billing_cycle'] }, { signal }), askedAt);
    await onAnswer(figures, askedAt);
    return figures;
  }, now);
  const cycles = createQuestion((signal) => client.billingCycles({ signal }), now);
  const periods = new Map<string, Question<PeriodUse>>();
  const periodOf = (query: PeriodQuery): Question<PeriodUse> => {
    const key = JSON.stringify(query);
    const put = async (signal: AbortSignal) =>
      periodUseOf(await client.membership({ ...query, expand: ['billing_cycle'] }, { signal }), query);
    const question = periods.get(key) ?? createQuestion(put, now);
    periods.delete(key);
    periods.set(key, question);
    for (const oldest of [...periods.keys()].slice(0, -MOST_PERIODS)) periods.delete(oldest);
    return question;
  };

  return {
    async view(maxAgeMs = MAX_AGE_MS) {
      await membership.ask(maxAgeMs);
      const known = membership.known();
      if (!known) return null;
      const stale = membership.problem() !== null || elapsed(known.at, now()) >= 2 * MAX_AGE_MS;
      return { figures: known.value, at: known.at, stale };
    },
    async cycles(maxAgeMs = MAX_AGE_MS) {
      await cycles.ask(maxAgeMs);
      return cycles.known()?.value ?? null;
    },
    async periodUse(query, maxAgeMs = MAX_AGE_MS) {
      const question = periodOf(query);
      await question.ask(maxAgeMs);
      return question.known()?.value ?? null;
    },
    problem: () => membership.problem() ?? cycles.problem(),
  };
}

interface Question<T> {
  known(): { value: T; at: number } | null;
  problem(): AccountProblem | null;
  ask(maxAgeMs: number): Promise<void>;
}

/** One question, its last answer and its last failure; those who ask while it is under way share it. */
function createQuestion<T>(put: (signal: AbortSignal) => Promise<T>, now: () => number): Question<T> {
  let known: { value: T; at: number } | null = null;
  let problem: AccountProblem | null = null;
  let triedAt = -Infinity;
  let underWay: Promise<void> | null = null;

  const ask = async () => {
    triedAt = now();
    try {
      const value = await withinTime(put);
      known = { value, at: triedAt };
      problem = null;
    } catch (error) {
      problem = { code: error instanceof CutoutError ? error.code : null, message: messageOf(error) };
    } finally {
      underWay = null;
    }
  };

  return {
    known: () => known,
    problem: () => problem,
    ask: async (maxAgeMs: number) => {
      if (maxAgeMs === Infinity) return;
      if (underWay || elapsed(triedAt, now()) >= maxAgeMs) await (underWay ??= ask());
    },
  };
}

/** With the time limit also for a client that does not mind its signal. */
async function withinTime<T>(put: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const limit = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const message = `The Rembg account service did not answer within ${ANSWER_MS / 1000} seconds.`;
      reject(new CutoutError('remote.timeout', message));
      limit.abort();
    }, ANSWER_MS);
  });
  try {
    return await Promise.race([put(limit.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
