import { messageOf } from '../../errors';
import { createNap } from '../../nap';
import type { EngineName } from '../../words';
import type { JobQueue, RunJob } from '../queue';
import type { JobStore } from '../store';
import { createHands } from './hands';

export interface EmbeddedQueueOptions {
  store: Pick<JobStore, 'claim' | 'renew'>;
  run: RunJob;
  /** Jobs at the same time, as things are now. */
  concurrency: () => number;
  leaseMs: number;
  pollMs: number;
  /** Jobs of which engines this process takes at the moment; of all when left out. */
  engines?: () => readonly EngineName[];
  onError: (message: string) => void;
}

/**
 * The queue inside the Strapi process: a loop started once at boot. Waking it only ends its nap, so that work never
 * runs in the async context of the request or transaction that woke it.
 */
export function createEmbeddedQueue(options: EmbeddedQueueOptions): JobQueue {
  const { store, concurrency, leaseMs, pollMs, engines, onError } = options;
  const hands = createHands(options);
  let loop: Promise<void> | null = null;
  let stopped = false;
  const nap = createNap();
  const { wake } = nap;

  const take = async (): Promise<boolean> => {
    try {
      const job = await store.claim(leaseMs, hands.inHand(), engines?.());
      if (job) void hands.run(job).then(wake);
      return job !== null;
    } catch (error) {
      onError(`jobs could not be claimed: ${messageOf(error)}`);
      return false;
    }
  };

  const work = async () => {
    while (!stopped) {
      if (hands.inHand().length < concurrency() && (await take())) continue;
      await nap.take(pollMs);
    }
  };

  return {
    start() {
      if (!loop && !stopped) loop = work();
    },
    wake,
    async stop(timeoutMs) {
      stopped = true;
      wake();
      hands.letGo();
      let timer: NodeJS.Timeout | undefined;
      const timeout = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, timeoutMs);
      });
      // The loop first: the claim it waits for may still bring a job.
      const ended = Promise.resolve(loop).then(() => hands.empty());
      await Promise.race([ended, timeout]);
      clearTimeout(timer);
    },
    running: () => hands.inHand().length,
  };
}
