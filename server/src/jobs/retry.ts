import { CutoutError, messageOf } from '../errors';
import type { JobRow } from '../tables/jobs';

export interface RetrySettings {
  maxAttempts: number;
  /** First pause; doubles with each further attempt. */
  retryDelayMs: number;
}

export type Verdict =
  | { state: 'queued'; runAt: Date; attempts: number; code: string; message: string }
  | { state: 'failed' | 'skipped' | 'held'; code: string; message: string };

/** How soon a job looks again that waits for something without a known end. */
const WAIT_MS = 60_000;

/**
 * What becomes of a job whose attempt ended in an error: the error's type decides, never its text.
 * @param random 0…1, spreads retries by ±20 % so that jobs which failed together do not come back together.
 */
export function decideRetry(
  error: unknown,
  job: Pick<JobRow, 'attempts'>,
  settings: RetrySettings,
  now: Date,
  random: number,
): Verdict {
  const known =
    error instanceof CutoutError ? error : new CutoutError('job.failed', messageOf(error), { cause: error });
  const { code, message } = known;
  const { attempts } = job;
  if (known.skip) return { state: 'skipped', code, message };
  if (known.asks) return { state: 'held', code, message };
  if (known.waits) {
    // Waiting for a window to turn is no failure of the job, so it costs no attempt.
    const runAt = new Date(known.retryAt ?? now.getTime() + WAIT_MS);
    return { state: 'queued', runAt, attempts: attempts - 1, code, message };
  }
  if (!known.retryable || attempts >= settings.maxAttempts) return { state: 'failed', code, message };
  const delay = settings.retryDelayMs * 2 ** (attempts - 1) * (0.8 + 0.4 * random);
  const runAt = new Date(Math.max(now.getTime() + delay, known.retryAt ?? 0));
  return { state: 'queued', runAt, attempts, code, message };
}
