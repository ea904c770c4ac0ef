import type { ErrorCode } from '../../errors';
import type { RemoteError } from './errors';

export interface RetryRule {
  /** Tries after the first one. */
  retries: number;
  /** Upper end of the first pause, milliseconds; it doubles with each try. */
  baseMs: number;
  /** Upper end of any pause that the service did not ask for. */
  maxMs: number;
}

export const defaultRetry: RetryRule = { retries: 3, baseMs: 500, maxMs: 8_000 };

/** A call that waits keeps its place; longer pauses, which a service can ask for, are the job's to wait for. */
export const longestPauseMs = 30_000;
/** What a failure of the service costs is a choice (`serverErrorCost`), so a paid call is not repeated often after it. */
const paidServerErrorRetries = 1;

/** What may be over in seconds. Windows that turn in hours, and refused keys, are the job's to wait for. */
const MOMENTARY: ErrorCode[] = [
  'remote.rate-limited',
  'remote.unreachable',
  'remote.timeout',
  'remote.server-error',
  'remote.bad-answer',
];

export interface TryContext {
  now: number;
  /** Milliseconds left of the call's time limit. */
  leftMs: number;
  random: () => number;
  /** The call can cost a credit. */
  paid: boolean;
  /** How many tries so far ended in a failure of the service, this one included. */
  serverErrors: number;
}

export type NextTry = { again: true; waitMs: number } | { again: false; reason: string };

/**
 * Whether a failed call is sent again, and after which pause: a random part of a doubling span ("full jitter", AWS
 * Architecture Blog 2015), never before the time the service named. `tried` counts the tries so far.
 */
export function callAgain(
  error: RemoteError,
  tried: number,
  rule: RetryRule,
  { now, leftMs, random, paid, serverErrors }: TryContext,
): NextTry {
  if (!MOMENTARY.includes(error.code)) return { again: false, reason: 'the failure is final, or lasts' };
  if (error.cost !== 'free') return { again: false, reason: 'the call may have been charged' };
  if (tried > rule.retries) return { again: false, reason: 'no tries are left' };
  if (paid && error.code === 'remote.server-error' && serverErrors > paidServerErrorRetries) {
    return { again: false, reason: 'the service fails again, and each try could cost' };
  }
  const span = Math.min(rule.maxMs, rule.baseMs * 2 ** (tried - 1));
  const waitMs = Math.max(random() * span, (error.retryAt ?? now) - now);
  if (waitMs > longestPauseMs) return { again: false, reason: 'the service asked for a long pause' };
  return waitMs < leftMs ? { again: true, waitMs } : { again: false, reason: 'the time limit comes first' };
}
