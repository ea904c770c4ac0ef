import { stat } from 'node:fs/promises';

/**
 * The picture a child worked on last. A job asks for the matte first and composes from it once that is stored, in two
 * tasks: the second need not decode the same files again. A file is known by its path, size and dates.
 */
export interface Recent<T> {
  get(path: string, make: () => Promise<T>): Promise<T>;
  put(path: string, value: T): Promise<void>;
  clear(): void;
}

/** So long the second task may take to come; what lies longer is given back. */
const KEPT_MS = 5000;

export function createRecent<T>(): Recent<T> {
  let last: { key: string; value: T } | null = null;
  let timer: NodeJS.Timeout | undefined;

  const clear = (): void => {
    clearTimeout(timer);
    last = null;
  };
  const keep = (key: string, value: T): void => {
    clear();
    last = { key, value };
    timer = setTimeout(clear, KEPT_MS);
    timer.unref();
  };

  return {
    async get(path, make) {
      const key = await keyOf(path);
      if (key !== null && last?.key === key) return last.value;
      // The old one goes before the new one comes: both may be large.
      clear();
      const value = await make();
      if (key !== null) keep(key, value);
      return value;
    },
    async put(path, value) {
      const key = await keyOf(path);
      if (key !== null) keep(key, value);
    },
    clear,
  };
}

async function keyOf(path: string): Promise<string | null> {
  const found = await stat(path, { bigint: true }).catch(() => null);
  return found && [path, found.ino, found.size, found.mtimeNs, found.ctimeNs].join('\n');
}
