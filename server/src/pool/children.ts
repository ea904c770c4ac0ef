import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Tinypool } from 'tinypool';
import { CutoutError, messageOf } from '../errors';
import type { Answer, PoolReport, PoolTasks, RunOptions, TaskName } from './contract';
import { childEnvironment } from './environment';

export interface ChildrenSettings {
  /** The built picture worker. */
  workerFile: string;
  /** Most children at a time. */
  most: number;
  idleTimeoutMs: number;
  /** A child that holds more after a task is replaced before the next. */
  mostBytes: number;
}

/** Picture children for as many tasks at a time; whoever calls sees to it that there are no more. */
export interface Children {
  run<N extends TaskName>(
    name: N,
    task: PoolTasks[N]['task'],
    options: RunOptions,
    cancelled: AbortSignal,
  ): Promise<PoolTasks[N]['result']>;
  pids(): number[];
  report(): PoolReport;
  destroy(): Promise<void>;
}

/** Nothing starts before the first task. */
export function createChildren(settings: ChildrenSettings): Children {
  let started: Promise<Tinypool> | null = null;
  let tinypool: Tinypool | null = null;
  const told = { crashed: 0, stopped: 0, replaced: 0 };

  const children = (): Promise<Tinypool> => {
    started ??= startChildren(settings).then(
      (pool) => (tinypool = pool),
      (error: unknown) => {
        started = null;
        throw error;
      },
    );
    return started;
  };

  const count = (error: unknown): void => {
    if (!(error instanceof CutoutError)) return;
    if (error.code === 'worker.crashed') told.crashed += 1;
    if (error.code === 'worker.timeout') told.stopped += 1;
  };
  const pids = () => tinypool?.threads.flatMap((child) => ('threadId' in child ? [child.threadId] : [])) ?? [];

  return {
    async run(name, task, options, cancelled) {
      const pool = await children();
      const { value, memoryBytes } = await runInChild(pool, name, task, options, cancelled).catch((error: unknown) => {
        count(error);
        throw error;
      });
      // One that was refused memory may be refused it again, though the machine has some.
      const wasRefused = value instanceof CutoutError && value.code === 'worker.crashed';
      if (memoryBytes > settings.mostBytes || wasRefused) {
        told.replaced += 1;
        await replaceIdle(pool);
      }
      if (value instanceof CutoutError) throw value;
      return value;
    },
    pids,
    report: () => ({ children: pids().length, ...told }),
    async destroy() {
      await (await started)?.destroy();
    },
  };
}

async function startChildren({ workerFile, most, idleTimeoutMs }: ChildrenSettings): Promise<Tinypool> {
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
    maxThreads: most,
    idleTimeout: idleTimeoutMs,
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
