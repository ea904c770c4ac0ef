import { CutoutError, messageOf } from '../errors';
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
      return { ok: true, value: await work(task) };
    } catch (error) {
      return { ok: false, error: asCutoutError(error).toJSON() };
    }
  };
}

async function loadTasks(): Promise<typeof import('./tasks')> {
  try {
    return await import('./tasks');
  } catch (cause) {
    throw new CutoutError(
      'worker.failed',
      `The image library could not be loaded: ${messageOf(cause)}. Causes: sharp was installed for another platform, ` +
        `Node version or C library (install again on this machine), or optional dependencies were left out.`,
      { cause },
    );
  }
}

/** Node says it by a code, libvips in the system's words; both say it in their messages. It passes when somebody makes room. */
const NO_ROOM = /ENOSPC|EDQUOT|EROFS|no space left|disk quota|read-only file system/i;

function asCutoutError(error: unknown): CutoutError {
  if (error instanceof CutoutError) return error;
  if (NO_ROOM.test(messageOf(error))) {
    return new CutoutError('store.failed', 'There is no room in the folder of temporary files (TMPDIR).', {
      cause: error,
    });
  }
  return new CutoutError('worker.failed', `The picture task failed: ${messageOf(error)}`, { cause: error });
}

export const cutout = handler<'cutout'>(async () => (await loadTasks()).tasks.cutout);
export const inspect = handler<'inspect'>(async () => (await loadTasks()).tasks.inspect);
export const convert = handler<'convert'>(async () => (await loadTasks()).tasks.convert);
/** Needs no image library. */
export const copy = handler<'copy'>(async () => (await import('./tasks/copy')).copy);
