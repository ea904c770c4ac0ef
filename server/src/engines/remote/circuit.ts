import { z } from 'zod';
import { errorSpecs, type ErrorCode } from '../../errors';
import { errorOfCode, type RemoteError } from './errors';
import { defaultRetry, type RetryRule } from './retry';

/**
 * Whether remote work may go on. Pure: the state, the time and the key's print come in, the next state goes out. It is
 * plain JSON, so that it can be kept in the database and shown on a dashboard. Times are milliseconds since the epoch.
 */

const time = z.number();
const since = time.default(0);
const count = z.int().nonnegative();
const failures = count.default(0);
const code = z.enum(Object.keys(errorSpecs) as [ErrorCode, ...ErrorCode[]]);

export const circuitStateSchema = z.discriminatedUnion('kind', [
  /** `failures` and `code` outlive a stop that only seems to be over, so that the next one pauses longer. */
  z.object({ kind: z.literal('closed'), since: time.optional(), failures: count.optional(), code: code.optional() }),
  /** The service asked for a pause; all paid calls wait it out. */
  z.object({ kind: z.literal('cooling'), since, until: time, failures }),
  /** Paid calls are refused without being sent; from `until` on one at a time is let through to see if it is over. */
  z.object({
    kind: z.literal('open'),
    code,
    message: z.string(),
    keyPrint: z.string(),
    /** When it opened, or opened again. */
    since,
    /** `null` in states kept by older versions: it is time to look. */
    until: time.nullable().transform((value) => value ?? 0),
    /** How often in a row it opened again. */
    failures,
  }),
]);

export type CircuitState = z.output<typeof circuitStateSchema>;
/** What may have been kept of a state, by an older version too. */
export type StoredCircuitState = z.input<typeof circuitStateSchema>;
export type OpenState = Extract<CircuitState, { kind: 'open' }>;

export interface CircuitContext {
  now: number;
  /** Names the key without telling it, see `printOf`. */
  keyPrint: string;
  /** When the call that failed or succeeded was begun; `now` when left out. */
  askedAt?: number;
  /** End of the billing cycle, when it is known. */
  renewsAt?: number | null;
  /** Gives the pause after a limit that named none. */
  rule?: Pick<RetryRule, 'baseMs' | 'maxMs'>;
}

export const closed: CircuitState = { kind: 'closed' };

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A pause that is over for so long says nothing of the next one. */
const forgetMs = MINUTE;
/** Longest pause that a `Retry-After` is believed for. */
const longestCoolingMs = HOUR;

type Cause = 'key' | 'day' | 'month';

function causeOf(of: ErrorCode | undefined): Cause | null {
  switch (of) {
    case 'remote.invalid-key':
    case 'remote.email-not-verified':
    case 'remote.forbidden':
      return 'key';
    case 'remote.daily-limit':
      return 'day';
    case 'remote.monthly-limit':
      return 'month';
    default:
      return null;
  }
}

/** A kept state as this version knows it; what cannot be read is forgotten. */
export function readCircuitState(stored: unknown): CircuitState {
  const parsed = circuitStateSchema.safeParse(stored);
  return parsed.success ? parsed.data : closed;
}

export type Admission = { go: true; waitMs: number; probe: boolean } | { go: false; open: OpenState };

/** What a paid call has to do in this state. `probe`: it goes alone, and its outcome moves the state on. */
export function admit(state: CircuitState, context: CircuitContext): Admission {
  const settled = settle(state, context);
  if (settled.kind === 'closed') return { go: true, waitMs: 0, probe: false };
  if (settled.kind === 'cooling') return { go: true, waitMs: Math.max(0, settled.until - context.now), probe: false };
  return settled.until > context.now ? { go: false, open: settled } : { go: true, waitMs: 0, probe: true };
}

/** The state as another key, or time after a pause, has left it. A stop never ends by time alone. */
export function settle(state: CircuitState, { now, keyPrint }: CircuitContext): CircuitState {
  // From before the clock went back: when it ends, and what is older than it, cannot be told any more.
  if ((state.since ?? 0) > now + MINUTE) return closed;
  if (state.kind === 'open') return state.keyPrint === keyPrint ? state : closed;
  return state.kind === 'cooling' && state.until + forgetMs <= now ? closed : state;
}

/** The state after a paid call that failed. */
export function afterFailure(state: CircuitState, error: RemoteError, context: CircuitContext): CircuitState {
  const cause = causeOf(error.code);
  if (cause === null) return cooled(state, error, context);
  const { now, keyPrint } = context;
  if (isOlder(context, state)) return state;
  const again = state.kind !== 'cooling' && causeOf(state.code) === cause;
  const failed = again ? (state.failures ?? 0) + 1 : 0;
  return {
    kind: 'open',
    code: error.code,
    message: error.message,
    keyPrint,
    since: now,
    until: untilOf(cause, failed, error.retryAt, context),
    failures: failed,
  };
}

/** A call that was begun before the stop says nothing new about it. */
function isOlder({ askedAt, now }: CircuitContext, state: CircuitState): boolean {
  return state.kind === 'open' && (askedAt ?? now) < state.since;
}

function untilOf(cause: Cause, failed: number, retryAt: number | null, { now, renewsAt }: CircuitContext): number {
  if (cause === 'key') return now + Math.min(6 * HOUR, MINUTE * 2 ** failed);
  const soon = now + soonMs(failed);
  if (cause === 'day') {
    // Still shut after its midnight: the service's day turns at another hour, or the clocks differ.
    const named = failed > 0 ? soon : retryAt;
    return Math.min(named ?? Infinity, nextUtcDay(now));
  }
  if (retryAt !== null) return retryAt;
  // `periodEndUnix` lies just before the renewal, and the account may tell the old cycle for a while after it.
  return renewsAt && renewsAt > now ? renewsAt : soon;
}

/** 2, 2, 2, 4, 8 … 30 minutes: a renewal or bought credits are noticed soon, and a long stop asks seldom. */
const soonMs = (failed: number) => Math.min(30, 2 * 2 ** Math.max(0, failed - 2)) * MINUTE;

function cooled(state: CircuitState, error: RemoteError, context: CircuitContext): CircuitState {
  const { now, askedAt = now, rule = defaultRetry } = context;
  if (error.retryAt === null && error.code !== 'remote.rate-limited') return state;
  const named = error.retryAt === null ? null : Math.min(error.retryAt, now + longestCoolingMs);
  if (state.kind === 'open') return { ...state, until: Math.max(state.until, named ?? now + rule.maxMs) };
  // Calls that were under way together meet one and the same limit.
  if (state.kind === 'cooling' && askedAt < state.since) {
    return named !== null && named > state.until ? { ...state, until: named } : state;
  }
  const failed = state.kind === 'cooling' ? state.failures + 1 : 0;
  const until = named ?? now + Math.min(rule.maxMs, rule.baseMs * 2 ** failed);
  const before = state.kind === 'cooling' ? state.until : 0;
  return { kind: 'cooling', since: now, until: Math.max(until, before), failures: failed };
}

/** The state after a paid call that brought its picture. */
export function afterSuccess(state: CircuitState, context: CircuitContext): CircuitState {
  const { now, askedAt = now } = context;
  if (state.kind === 'closed') return state.failures ? { kind: 'closed', since: now } : state;
  return askedAt < state.since ? state : { kind: 'closed', since: now };
}

export interface FreeAnswer {
  now: number;
  /** When the account was asked. */
  askedAt: number;
}

/** The state after the account showed credits: a stop for want of credits ends, if it began before the question. */
export function afterBalance(state: CircuitState, spendable: number, answer: FreeAnswer): CircuitState {
  const ends = state.kind === 'open' && causeOf(state.code) === 'month' && spendable > 0;
  return ends && answer.askedAt >= state.since ? lifted(state, answer) : state;
}

/**
 * The state after the account answered a probe: the key is good, so a stop because of it ends. Whether a day's limit
 * has turned only a picture can tell: the next call is let through to see.
 */
export function afterProbe(state: CircuitState, answer: FreeAnswer): CircuitState {
  if (state.kind !== 'open' || answer.askedAt < state.since) return state;
  const cause = causeOf(state.code);
  if (cause === 'key') return lifted(state, answer);
  return cause === 'day' && state.until > answer.now ? { ...state, until: answer.now } : state;
}

const lifted = (state: OpenState, { now }: FreeAnswer): CircuitState => ({
  kind: 'closed',
  since: now,
  failures: state.failures,
  code: state.code,
});

/**
 * Of an own state and one that another node kept, the one to go on with: the newer (`since`), and of two that began at
 * once the one that ends later. A stop for another key says nothing about this one.
 */
export function newer(own: CircuitState, kept: CircuitState, { now, keyPrint }: CircuitContext): CircuitState {
  if (kept.kind === 'open' && kept.keyPrint !== keyPrint) return own;
  // A clock that runs ahead must not make a state that nothing can follow.
  const began = Math.min(kept.since ?? 0, now);
  const ownBegan = own.since ?? 0;
  const later = began === ownBegan && endOf(kept) > endOf(own);
  return began > ownBegan || later ? { ...kept, since: began } : own;
}

/** When a pause or stop lets the next call through. */
export const endOf = (state: CircuitState) => (state.kind === 'closed' ? 0 : state.until);

/** The error of a call that was refused without being sent: the one that opened the circuit, with when to come back. */
export function refusal({ code: opened, message, until }: OpenState, retryAt = until): RemoteError {
  const end = causeOf(opened) === 'key' ? ' or until the API key changes' : '';
  const text = `${message} (Not sent: remote work is stopped until ${new Date(retryAt).toISOString()}${end}.)`;
  return errorOfCode(opened, text, { retryAt });
}

/** The daily limit of the documents names no hour; days and months of the service are UTC. */
function nextUtcDay(now: number): number {
  const day = new Date(now);
  return Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate() + 1);
}
