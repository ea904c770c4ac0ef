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

export type RetryDecision = { again: true; waitMs: number } | { again: false; reason: string };

/**
 * Whether a failed call is tried again, and after which pause: a random part of a doubling span ("full jitter", AWS
 * Architecture Blog 2015), never before the time the service named. `tried` counts the tries so far.
 */
export function decideRetry(
  error: RemoteError,
  tried: number,
  rule: RetryRule,
  { now, leftMs, random }: { now: number; leftMs: number; random: () => number },
): RetryDecision {
  if (!error.retryable) return { again: false, reason: 'the failure is final' };
  if (error.cost !== 'free') return { again: false, reason: 'the call may have been charged' };
  // Windows that turn in hours or days are the job's to wait for, not the call's.
  if (error.waits) return { again: false, reason: 'the limit turns too late' };
  if (tried > rule.retries) return { again: false, reason: 'no tries are left' };
  const span = Math.min(rule.maxMs, rule.baseMs * 2 ** (tried - 1));
  const waitMs = Math.max(random() * span, (error.retryAt ?? now) - now);
  return waitMs < leftMs ? { again: true, waitMs } : { again: false, reason: 'the time limit comes first' };
}
