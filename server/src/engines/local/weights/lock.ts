import { promises as fs } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import lockfile from 'proper-lockfile';
import { CutoutError } from '../../../errors';

/** A holder touches its lock every third of this; one that is older belongs to a process that died. */
const STALE_MS = 15_000;
const POLL_MS = 200;

export interface LockOptions {
  /** How long to wait for another process that prepares the same file. */
  waitMs: number;
  signal?: AbortSignal;
  /** Called once, when another process holds the lock. */
  onWait?: () => void;
}

/**
 * Runs `work` while no other process and no other call of this one prepares `target`. The signal given to `work` also
 * ends when the lock is lost, e.g. after the machine slept longer than the lock lives.
 *
 * @throws CutoutError `model.download-failed` when the wait is over.
 */
export async function withLock<T>(
  target: string,
  options: LockOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  await fs.mkdir(path.dirname(target), { recursive: true });
  const lost = new AbortController();
  const release = await acquire(target, options, (reason) => lost.abort(reason));
  try {
    return await work(options.signal ? AbortSignal.any([options.signal, lost.signal]) : lost.signal);
  } finally {
    // A lock that was lost belongs to somebody else by now.
    await release().catch(() => undefined);
  }
}

async function acquire(
  target: string,
  options: LockOptions,
  onCompromised: (reason: Error) => void,
): Promise<() => Promise<void>> {
  const deadline = Date.now() + options.waitMs;
  let waited = false;
  for (;;) {
    options.signal?.throwIfAborted();
    try {
      return await lockfile.lock(target, { realpath: false, stale: STALE_MS, onCompromised });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
    }
    if (!waited) options.onWait?.();
    waited = true;
    if (Date.now() >= deadline) {
      throw new CutoutError(
        'model.download-failed',
        `Another process still prepares ${target} after ${Math.round(options.waitMs / 1000)} s. Try again when it is done, or delete ${target}.lock if no such process runs.`,
      );
    }
    await sleep(POLL_MS, undefined, options.signal ? { signal: options.signal } : {});
  }
}
