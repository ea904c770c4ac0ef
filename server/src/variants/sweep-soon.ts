import { AsyncResource } from 'node:async_hooks';
import type { Core } from '@strapi/strapi';
import { messageOf } from '../errors';
import { inTransaction } from '../transaction';
import type { Sweeper } from './sweep';

/**
 * Sweeps assets beside the requests and jobs that ask for it, one after the other: a provider that hangs keeps neither
 * waiting. What a process that ends does not get to, the sweep of everything finds.
 */
export interface SweepSoon {
  /** Once the transaction under way is committed, at once without one. */
  asset(fileId: number): Promise<void>;
  /** Assets that are still to be swept. */
  pending(): number;
  /** Begins no more. */
  stop(): void;
}

export function createSweepSoon(strapi: Core.Strapi, sweeper: Pick<Sweeper, 'asset'>): SweepSoon {
  // Not in the async context of whoever asks: its transaction is over when the sweep runs.
  const root = new AsyncResource('cutout sweep');
  const waiting = new Set<number>();
  let sweeping = false;
  let stopped = false;

  const drain = async (): Promise<void> => {
    for (const fileId of waiting) {
      if (stopped) break;
      waiting.delete(fileId);
      await sweeper
        .asset(fileId)
        .catch((error: unknown) => strapi.log.warn(`[cutout] asset ${fileId} is not swept yet: ${messageOf(error)}`));
    }
    sweeping = false;
  };

  const add = (fileId: number): void => {
    waiting.add(fileId);
    if (sweeping || stopped) return;
    sweeping = true;
    void root.runInAsyncScope(drain);
  };

  return {
    async asset(fileId) {
      if (!strapi.db.inTransaction()) return add(fileId);
      await inTransaction(strapi, async ({ onCommit }) => onCommit(() => add(fileId)));
    },
    pending: () => waiting.size + Number(sweeping),
    stop: () => {
      stopped = true;
    },
  };
}
