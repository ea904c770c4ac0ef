import { elapsed } from '../clock';
import type { BillingPeriod, Membership } from '../engines/remote/membership';
import { CutoutError, type ErrorCode, messageOf } from '../errors';
import { type AccountView, type Figures, figuresOf } from './account-view';

export interface AccountProblem {
  /** Null for what is no error of ours. */
  code: ErrorCode | null;
  message: string;
}

export interface Account {
  /**
   * At most `maxAgeMs` old (a minute when left out), else asked for anew, which takes four seconds at most; the last
   * known one when the service fails. A failure counts as an answer: nobody asks again before its time. Never rejects.
   */
  view(maxAgeMs?: number): Promise<AccountView | null>;
  /** Known cycles, newest first; null when the service never told. As `view` does. */
  cycles(): Promise<BillingPeriod[] | null>;
  /** Why the last question failed; null if it did not. */
  problem(): AccountProblem | null;
}

export interface AccountOptions {
  client: {
    membership(query: { expand: ['billing_cycle'] }, options: { signal: AbortSignal }): Promise<Membership>;
    billingCycles(options: { signal: AbortSignal }): Promise<BillingPeriod[]>;
  };
  /** Told each answer, before anybody gets it, so that the windows in the database are not behind it. */
  onAnswer: (figures: Figures, askedAt: number) => Promise<void>;
  now: () => number;
}

const MAX_AGE_MS = 60_000;
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

  return {
    async view(maxAgeMs = MAX_AGE_MS) {
      await membership.ask(maxAgeMs);
      const known = membership.known();
      if (!known) return null;
      const stale = membership.problem() !== null || elapsed(known.at, now()) >= 2 * MAX_AGE_MS;
      return { figures: known.value, at: known.at, stale };
    },
    async cycles() {
      await cycles.ask(MAX_AGE_MS);
      return cycles.known()?.value ?? null;
    },
    problem: () => membership.problem() ?? cycles.problem(),
  };
}

/** One question, its last answer and its last failure; those who ask while it is under way share it. */
function createQuestion<T>(put: (signal: AbortSignal) => Promise<T>, now: () => number) {
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
