import { CutoutError } from '../errors';
import { failureSentence, shortage } from '../file-fault';
import type { JobRow } from '../tables/jobs';

export interface RetrySettings {
  maxAttempts: number;
  /** First pause; doubles with each further attempt. */
  retryDelayMs: number;
}

/** What becomes of a job whose attempt made nothing. */
export type Ending =
  | { state: 'queued'; runAt: Date; attempts: number; waits: number; code: string; message: string }
  | { state: 'failed' | 'skipped' | 'held'; code: string; message: string };

/** First and longest pause of a job that waits for something without a known end; they double in between. */
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 6 * 60 * 60_000;
/** What another job is doing at this moment is over soon: waiting for it says nothing of how long things take. */
const SOON = new Set(['remote.in-flight']);

/**
 * The ending that follows from an error: its type decides, never its text.
 * @param random 0…1, spreads retries by ±20 % so that jobs which failed together do not come back together.
 */
export function endingOf(
  error: unknown,
  job: Pick<JobRow, 'attempts' | 'waits'>,
  settings: RetrySettings,
  now: number,
  random: number,
): Ending {
  const known = asCutoutError(error);
  const { code, message } = known;
  const { attempts } = job;
  if (known.skip) return { state: 'skipped', code, message };
  if (known.asks) return { state: 'held', code, message };
  const spread = 0.8 + 0.4 * random;
  if (known.waits) {
    const waits = job.waits ?? 0;
    const pause = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(waits, 20)) * spread;
    // What waits did not fail, so it costs no attempt.
    const runAt = new Date(known.retryAt ?? now + pause);
    return { state: 'queued', runAt, attempts: attempts - 1, waits: SOON.has(code) ? waits : waits + 1, code, message };
  }
  if (!known.retryable || attempts >= settings.maxAttempts) return { state: 'failed', code, message };
  const delay = settings.retryDelayMs * 2 ** (attempts - 1) * spread;
  const runAt = new Date(Math.max(now + delay, known.retryAt ?? 0));
  return { state: 'queued', runAt, attempts, waits: job.waits ?? 0, code, message };
}

/** What nobody named may name paths or more: the reason says that it is in the debug log, and nothing else. */
export function asCutoutError(error: unknown): CutoutError {
  if (error instanceof CutoutError) return error;
  const what = 'The job could not be done';
  return shortage(error, what) ?? new CutoutError('job.failed', failureSentence(error, what), { cause: error });
}
