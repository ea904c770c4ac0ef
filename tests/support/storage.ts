import path from 'node:path';
import paths from '../../scripts/lib/paths';
import type { StorageFault, StorageState } from './storage-server';
import { startTs } from './ts-process';

export type { StorageFault, StorageState };

/** Files in a process of its own, over HTTP, with faults that a test switches on and off. */
export interface Storage {
  url: string;
  /** What makes a Strapi process keep its uploads there. */
  env: Record<string, string>;
  /** From now on; null mends it. */
  setFault(fault: StorageFault | null): Promise<void>;
  state(): Promise<StorageState>;
  stop(): Promise<void>;
}

export async function startStorage(): Promise<Storage> {
  const { announced, stop } = await startTs<{ url: string }>('tests/support/storage-server.ts');
  const { url } = announced;
  return {
    url,
    env: { CUTOUT_TEST_STORAGE: url, NODE_PATH: path.join(paths.root, 'tests/support/providers') },
    async setFault(fault) {
      await fetch(`${url}/__control/fault`, { method: 'POST', body: JSON.stringify(fault) });
    },
    state: async () => (await (await fetch(`${url}/__control/state`)).json()) as StorageState,
    stop,
  };
}
