import { CutoutError, detailOf } from '../errors';
import { failureSentence, shortage } from '../file-fault';
import type { Answer, PoolTasks, TaskName } from './contract';

/**
 * The picture child's entry: one exported function per task. The image library is loaded by the first task, inside its
 * error handling, so that a machine where sharp cannot load gets a sentence and not a dead child.
 */

// A child whose parent is gone has nobody to answer. Not by `exit`: that waits for a read that hangs.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

type Handler<N extends TaskName> = (task: PoolTasks[N]['task']) => Promise<Answer<PoolTasks[N]['result']>>;

type Work<N extends TaskName> = (task: PoolTasks[N]['task']) => Promise<PoolTasks[N]['result']>;

function handler<N extends TaskName>(load: () => Promise<Work<N>>): Handler<N> {
  return async (task) => {
    try {
      const work = await load();
      return { ok: true, value: await work(task), memoryBytes: heldBytes() };
    } catch (thrown) {
      const error = asCutoutError(thrown);
      return { ok: false, error: error.toJSON(), detail: detailOf(error), memoryBytes: heldBytes() };
    } finally {
      // Once the answer has gone.
      setImmediate(collect);
    }
  };
}

async function loadTasks(): Promise<typeof import('./tasks')> {
  try {
    return await import('./tasks');
  } catch (cause) {
    const what = 'The image library could not be loaded';
    const causes =
      'Causes: sharp was installed for another platform, Node version or C library (install again on this machine), or ' +
      'optional dependencies were left out.';
    // Its loader says so where memory is short, and another child may have more of it.
    throw shortage(cause, what) ?? new CutoutError('worker.failed', `${what}. ${causes}`, { cause });
  }
}

const COLLECT_FROM_BYTES = 1024 ** 3;

/** What stays with this child: dropped pictures that V8 has not come round to yet are none of it. */
function heldBytes(): number {
  if (process.memoryUsage.rss() >= COLLECT_FROM_BYTES) globalThis.gc?.();
  return process.memoryUsage.rss();
}

const MUCH_DROPPED_BYTES = 32 * 1024 ** 2;
let keptBytes = 0;

/**
 * V8 would come round to the pictures that a task dropped in the middle of the next one: a twentieth of the time that a
 * photo of 1 megapixel takes.
 */
function collect(): void {
  if (process.memoryUsage().external - keptBytes < MUCH_DROPPED_BYTES) return;
  globalThis.gc?.();
  keptBytes = process.memoryUsage().external;
}

function asCutoutError(error: unknown): CutoutError {
  if (error instanceof CutoutError) return error;
  const what = 'The picture task failed';
  return shortage(error, what) ?? new CutoutError('worker.failed', failureSentence(error, what), { cause: error });
}

export const cutout = handler<'cutout'>(async () => (await loadTasks()).tasks.cutout);
export const inspect = handler<'inspect'>(async () => (await loadTasks()).tasks.inspect);
export const convert = handler<'convert'>(async () => (await loadTasks()).tasks.convert);
export const correct = handler<'correct'>(async () => (await loadTasks()).tasks.correct);
/** Tells whether the libraries load, so it must not take them for granted. */
export const examine = handler<'examine'>(async () => (await import('./tasks/examine')).examine);
/** Needs no image library. */
export const copy = handler<'copy'>(async () => (await import('./tasks/copy')).copy);
