import { CutoutError, messageOf } from '../errors';
import type { JobRow } from '../tables/jobs';

export interface RetrySettings {
  maxAttempts: number;
  /** First pause; doubles with each further attempt. */
  retryDelayMs: number;
}

export type Verdict =
  | { state: 'queued'; runAt: Date; code: string; message: string }
  | { state: 'failed' | 'skipped'; code: string; message: string };

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
    error instanceof CutoutError ? error : new CutoutError('worker.failed', messageOf(error), { cause: error });
  const { code, message } = known;
  if (known.skip) return { state: 'skipped', code, message };
  if (!known.retryable || job.attempts >= settings.maxAttempts) return { state: 'failed', code, message };
  const delay = settings.retryDelayMs * 2 ** (job.attempts - 1) * (0.8 + 0.4 * random);
  return { state: 'queued', runAt: new Date(now.getTime() + delay), code, message };
}
