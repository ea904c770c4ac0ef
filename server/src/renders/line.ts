import { CutoutError } from '../errors';
import { limited } from '../limit';

/** Work that only so much may be done of at a time. What is asked for twice is done once. */
export interface Line<T> {
  /** How much is under way or waits. */
  length(): number;
  /**
   * Waits for the work of this name, which begins when its turn comes. Once begun it goes on to its end; before that it
   * leaves the line with the last that waits for it.
   * @throws CutoutError `render.busy` when the line is full or the wait too long; the signal's reason; what the work throws
   */
  run(name: string, signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

export interface LineSettings {
  /** Works at the same time. */
  most: number;
  /** Works that may wait. */
  waiting: number;
  /** Of one that waits for a work, until that is done. */
  waitMs: number;
}

interface Entry<T> {
  name: string;
  wanted: number;
  begun: boolean;
  begin(): Promise<void>;
  result: Promise<T>;
}

const COME_BACK_MS = 2000;

export const busyError = (): CutoutError =>
  new CutoutError('render.busy', 'Too many pictures are asked for at this moment; ask again in a moment.', {
    retryAt: Date.now() + COME_BACK_MS,
  });

export function createLine<T>({ most, waiting, waitMs }: LineSettings): Line<T> {
  const known = new Map<string, Entry<T>>();
  const queue: Entry<T>[] = [];
  let running = 0;

  const proceed = (): void => {
    while (running < most && queue.length > 0) {
      running += 1;
      const entry = queue.shift()!;
      entry.begun = true;
      void entry.begin().finally(() => {
        running -= 1;
        known.delete(entry.name);
        proceed();
      });
    }
  };

  const add = (name: string, work: () => Promise<T>): Entry<T> => {
    const entry = createEntry(name, work);
    known.set(name, entry);
    queue.push(entry);
    proceed();
    return entry;
  };

  const leave = (entry: Entry<T>): void => {
    entry.wanted -= 1;
    if (entry.wanted > 0 || entry.begun) return;
    queue.splice(queue.indexOf(entry), 1);
    known.delete(entry.name);
  };

  return {
    length: () => known.size,
    async run(name, signal, work) {
      signal.throwIfAborted();
      const found = known.get(name);
      if (!found && running >= most && queue.length >= waiting) throw busyError();
      const entry = found ?? add(name, work);
      entry.wanted += 1;
      try {
        return await limited(waitMs, signal, () => entry.result);
      } catch (error) {
        throw !signal.aborted && isTimeout(error) ? busyError() : error;
      } finally {
        leave(entry);
      }
    },
  };
}

function createEntry<T>(name: string, work: () => Promise<T>): Entry<T> {
  let settle!: { resolve: (value: T) => void; reject: (error: unknown) => void };
  const result = new Promise<T>((resolve, reject) => (settle = { resolve, reject }));
  // Those that wait hear of a failure themselves; there may be none left.
  result.catch(() => undefined);
  return { name, wanted: 0, begun: false, result, begin: () => work().then(settle.resolve, settle.reject) };
}

const isTimeout = (error: unknown): boolean => (error as { name?: unknown } | null)?.name === 'TimeoutError';
