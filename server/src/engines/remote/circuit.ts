import type { ErrorCode } from '../../errors';
import { errorOfCode, type RemoteError } from './errors';

/**
 * Whether remote work may go on. Pure: the state, the time and the key's print come in, the next state goes out, so it
 * can be kept in the database and shown on a dashboard. Times are milliseconds since the epoch.
 */
export type CircuitState =
  | { kind: 'closed' }
  /** The service asked for a pause; calls wait it out. */
  | { kind: 'cooling'; until: number }
  /** Calls are refused without being sent: until `until`, or while the key stays the same when that is `null`. */
  | { kind: 'open'; code: ErrorCode; message: string; keyPrint: string; since: number; until: number | null };

export type OpenState = Extract<CircuitState, { kind: 'open' }>;

export interface CircuitContext {
  now: number;
  /** Names the key without telling it, see `printOf`. */
  keyPrint: string;
  /** End of the billing cycle, when the account service told it; else a month is the calendar's. */
  renewsAt?: number | null;
}

export const closed: CircuitState = { kind: 'closed' };

/** What a call has to do in this state. */
export function admit(
  state: CircuitState,
  context: CircuitContext,
): { go: true; waitMs: number } | { go: false; open: OpenState } {
  const settled = settle(state, context);
  if (settled.kind === 'open') return { go: false, open: settled };
  return { go: true, waitMs: settled.kind === 'cooling' ? settled.until - context.now : 0 };
}

/** The state as time or another key have left it. */
export function settle(state: CircuitState, { now, keyPrint }: CircuitContext): CircuitState {
  if (state.kind === 'closed') return state;
  if (state.kind === 'open' && state.keyPrint !== keyPrint) return closed;
  return state.until !== null && state.until <= now ? closed : state;
}

/** The state after a failed call. */
export function afterFailure(state: CircuitState, error: RemoteError, context: CircuitContext): CircuitState {
  const { now, keyPrint } = context;
  const open = (until: number | null): CircuitState => ({
    kind: 'open',
    code: error.code,
    message: error.message,
    keyPrint,
    since: now,
    until,
  });
  switch (error.code) {
    case 'remote.invalid-key':
    case 'remote.email-not-verified':
    case 'remote.forbidden':
      return open(null);
    case 'remote.daily-limit':
      return open(error.retryAt ?? nextUtcDay(now));
    case 'remote.monthly-limit':
      return open(error.retryAt ?? later(context.renewsAt, now) ?? nextUtcMonth(now));
    default:
      return error.retryAt === null ? state : cooled(state, error.retryAt);
  }
}

/** The state after a credit turned up: a stop for want of credits ends, any other stays. */
export function afterBalance(state: CircuitState, spendable: number): CircuitState {
  return state.kind === 'open' && state.code === 'remote.monthly-limit' && spendable > 0 ? closed : state;
}

/** The error of a call that was refused without being sent: the one that opened the circuit, with when it ends. */
export function refusal({ code, message, until }: OpenState): RemoteError {
  const end = until === null ? 'until the API key changes' : `until ${new Date(until).toISOString()}`;
  return errorOfCode(code, `${message} (Not sent: remote work is stopped ${end}.)`, { retryAt: until });
}

function cooled(state: CircuitState, until: number): CircuitState {
  if (state.kind === 'open') return state;
  return { kind: 'cooling', until: state.kind === 'cooling' ? Math.max(state.until, until) : until };
}

const later = (time: number | null | undefined, now: number) => (time && time > now ? time : null);

/** The daily limit of the documents names no hour; days and months of the service are UTC. */
function nextUtcDay(now: number): number {
  const day = new Date(now);
  return Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate() + 1);
}

function nextUtcMonth(now: number): number {
  const day = new Date(now);
  return Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1);
}
