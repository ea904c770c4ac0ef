import { setMaxListeners } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Tinypool } from 'tinypool';
import { CutoutError, messageOf } from '../errors';
import { packageRoot } from '../package-root';
import type { Answer, Pool, PoolTasks, RunOptions, TaskName } from './contract';
import { childEnvironment } from './environment';
import { createSlots } from './slots';

export interface PoolSettings {
  /** Most children at a time. */
  workers: number;
  /** A child without work ends after so long and gives its memory back. */
  idleTimeoutMs: number;
  /** A child that holds more after a task is replaced before the next, in MiB. */
  maxMemoryMb?: number;
  /** The built picture worker; found in this package when left out. */
  workerFile?: string;
}

/**
 * Runs picture tasks in child processes. Nothing starts before the first task. The calling process imports neither
 * sharp nor onnxruntime: a crash, a hang or a leak in them ends a child, never Strapi.
 *
 * `run` rejects with the task's own `CutoutError`, or with `worker.timeout`, `worker.crashed` (the child died),
 * `worker.failed` (it could not be started, or broke its contract) or `job.cancelled`.
 */
export function createPool(settings: PoolSettings): Pool {
  const workerFile = settings.workerFile ?? join(packageRoot(), 'dist', 'worker', 'index.js');
  const slots = createSlots(settings.workers);
  const closing = new AbortController();
  // One listener for each task that runs or waits for a child.
  setMaxListeners(0, closing.signal);
  const mostBytes = (settings.maxMemoryMb ?? Infinity) * 1024 ** 2;
  let started: Promise<Tinypool> | null = null;
  let tinypool: Tinypool | null = null;

  const children = (): Promise<Tinypool> => {
    started ??= startChildren(settings, workerFile).then(
      (pool) => (tinypool = pool),
      (error: unknown) => {
        started = null;
        throw error;
      },
    );
    return started;
  };

  return {
    async run(name, task, options) {
      const cancelled = cancelSignal(closing.signal, options.signal);
      const release = await slots.take(cancelled.signal).catch((reason: unknown) => {
        cancelled.dispose();
        throw reason;
      });
      try {
        const pool = await children();
        const { value, memoryBytes } = await runInChild(pool, name, task, options, cancelled.signal);
        if (memoryBytes > mostBytes) await replaceIdle(pool);
        if (value instanceof CutoutError) throw value;
        return value;
      } finally {
        release();
        cancelled.dispose();
      }
    },
    pids: () => tinypool?.threads.flatMap((child) => ('threadId' in child ? [child.threadId] : [])) ?? [],
    async destroy() {
      closing.abort(new CutoutError('job.cancelled', 'The picture pool was closed.'));
      await (await started)?.destroy();
    },
  };
}

async function startChildren(settings: PoolSettings, workerFile: string): Promise<Tinypool> {
  if (!existsSync(workerFile)) {
    throw new CutoutError(
      'worker.failed',
      'The picture worker is missing; build the plugin with "npm run build" or install the package anew.',
      { cause: new Error(workerFile) },
    );
  }
  // Tinypool is an ES module; this file is compiled to CommonJS.
  const { Tinypool } = await import('tinypool');
  const pool = new Tinypool({
    runtime: 'child_process',
    filename: workerFile,
    minThreads: 0,
    maxThreads: settings.workers,
    idleTimeout: settings.idleTimeoutMs,
    env: childEnvironment(process.env),
    // A parent's --inspect or test loader is none of the child's business; big pictures are dropped by hand.
    execArgv: ['--expose-gc'],
  });
  // Told when a child dies without a task. With `minThreads: 0` Tinypool starts no other for a task that waited for it.
  pool.on('error', () => {
    pool.cancelPendingTasks();
  });
  return pool;
}

const GOES_WITHIN_MS = 5000;

/**
 * Ends the children that have no task now, and the others after theirs: Tinypool cannot be told which, and what it
 * measures itself is V8's heap, where pictures and models are not. The caller still has its place, so no task waits for
 * the children that end.
 */
async function replaceIdle(pool: Tinypool): Promise<void> {
  const gone = pool.recycleWorkers().catch(() => undefined);
  await Promise.race([gone, sleep(GOES_WITHIN_MS, undefined, { ref: false })]);
}

/** What came of a task, and what its child holds after it. */
interface Outcome<T> {
  value: T | CutoutError;
  memoryBytes: number;
}

async function runInChild<N extends TaskName>(
  pool: Tinypool,
  name: N,
  task: PoolTasks[N]['task'],
  { timeoutMs }: RunOptions,
  cancelled: AbortSignal,
): Promise<Outcome<PoolTasks[N]['result']>> {
  const limit = new AbortController();
  const stop = (): void => limit.abort();
  const timer = setTimeout(stop, timeoutMs);
  cancelled.addEventListener('abort', stop, { once: true });
  try {
    if (cancelled.aborted) throw cancelled.reason;
    const answer = await attempt(pool, name, task, limit.signal);
    const value = answer.ok ? answer.value : CutoutError.fromJSON(answer.error, answer.detail);
    return { value, memoryBytes: answer.memoryBytes ?? 0 };
  } catch (error) {
    if (cancelled.aborted) throw cancelled.reason;
    if (limit.signal.aborted) {
      throw new CutoutError('worker.timeout', `The picture task "${name}" was stopped after ${timeoutMs} ms.`, {
        cause: error,
      });
    }
    throw poolError(name, error);
  } finally {
    clearTimeout(timer);
    cancelled.removeEventListener('abort', stop);
  }
}

/** A task that was never begun, because another child died while its own was starting, is given out once more. */
async function attempt<N extends TaskName>(
  pool: Tinypool,
  name: N,
  task: PoolTasks[N]['task'],
  signal: AbortSignal,
): Promise<Answer<PoolTasks[N]['result']>> {
  const run = (): Promise<Answer<PoolTasks[N]['result']>> =>
    pool.run(task, { name, signal }) as Promise<Answer<PoolTasks[N]['result']>>;
  return run().catch((error: unknown) => {
    if (error instanceof Error && error.name === 'CancelError') return run();
    throw error;
  });
}

/** Tinypool has no error classes of its own for a dead child, only these texts (process-worker.ts of 2.2). */
const CHILD_DIED = /Worker exited unexpectedly|cancelled|Terminating worker|EPIPE|channel closed/i;

function poolError(name: TaskName, error: unknown): CutoutError {
  if (error instanceof CutoutError) return error;
  const cause = { cause: error };
  const message = messageOf(error);
  if (CHILD_DIED.test(message)) {
    return new CutoutError('worker.crashed', `The picture process ended in the middle of the task "${name}".`, cause);
  }
  return new CutoutError(
    'worker.failed',
    `The picture process failed at the task "${name}"; the debug log says how.`,
    cause,
  );
}

/** One signal for "the caller gave up" and "the pool closes", its reason always a `job.cancelled`. */
function cancelSignal(closing: AbortSignal, caller: AbortSignal | undefined): { signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const close = (): void => controller.abort(closing.reason);
  const cancel = (): void => controller.abort(new CutoutError('job.cancelled', 'The picture task was cancelled.'));
  if (closing.aborted) close();
  else if (caller?.aborted) cancel();
  closing.addEventListener('abort', close, { once: true });
  caller?.addEventListener('abort', cancel, { once: true });
  return {
    signal: controller.signal,
    dispose() {
      closing.removeEventListener('abort', close);
      caller?.removeEventListener('abort', cancel);
    },
  };
}
