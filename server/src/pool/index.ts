import { setMaxListeners } from 'node:events';
import { join } from 'node:path';
import { CutoutError } from '../errors';
import { packageRoot } from '../package-root';
import { priorityOf } from '../words';
import { type Children, createChildren } from './children';
import type { Pool, PoolTasks, TaskName } from './contract';
import { createPlaces, type Lane } from './places';

export interface PoolSettings {
  /** Most children at a time that may run a model; one more makes what needs none while all of these do. */
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
  const places = createPlaces(settings.workers);
  const closing = new AbortController();
  // One listener for each task that runs or waits for a child.
  setMaxListeners(0, closing.signal);
  const common = {
    workerFile,
    idleTimeoutMs: settings.idleTimeoutMs,
    mostBytes: (settings.maxMemoryMb ?? Infinity) * 1024 ** 2,
  };
  const lanes: Record<Lane, Children> = {
    main: createChildren({ ...common, most: settings.workers }),
    quick: createChildren({ ...common, most: 1 }),
  };
  const all = Object.values(lanes);

  return {
    async run(name, task, options) {
      const { signal, dispose } = cancelSignal(closing.signal, options.signal);
      const wish = { priority: options.priority ?? priorityOf('upload'), runsModel: runsModel(task) };
      const place = await places.take(signal, wish).catch((reason: unknown) => {
        dispose();
        throw reason;
      });
      try {
        return await lanes[place.lane].run(name, task, options, signal);
      } finally {
        place.release();
        dispose();
      }
    },
    pids: () => all.flatMap((children) => children.pids()),
    report: () =>
      all
        .map((children) => children.report())
        .reduce((a, b) => ({
          children: a.children + b.children,
          crashed: a.crashed + b.crashed,
          stopped: a.stopped + b.stopped,
          replaced: a.replaced + b.replaced,
        })),
    async destroy() {
      closing.abort(new CutoutError('job.cancelled', 'The picture pool was closed.'));
      await Promise.all(all.map((children) => children.destroy()));
    },
  };
}

/** Of all tasks only this takes seconds, and memory for a model. */
const runsModel = (task: PoolTasks[TaskName]['task']): boolean => 'matte' in task && task.matte.kind !== 'file';

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
