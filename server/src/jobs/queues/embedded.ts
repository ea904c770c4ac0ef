import { messageOf } from '../../errors';
import { createNap } from '../../nap';
import { leaseLost, queueStopped } from '../../signals';
import type { ClaimedJob, JobQueue, RunJob } from '../queue';
import type { JobStore } from '../store';

export interface EmbeddedQueueOptions {
  store: Pick<JobStore, 'claim' | 'renew'>;
  run: RunJob;
  /** Jobs at the same time. */
  concurrency: number;
  leaseMs: number;
  pollMs: number;
  onError: (message: string) => void;
}

/**
 * The queue inside the Strapi process: a loop started once at boot. Waking it only ends its nap, so that work never
 * runs in the async context of the request or transaction that woke it.
 */
export function createEmbeddedQueue({
  store,
  run,
  concurrency,
  leaseMs,
  pollMs,
  onError,
}: EmbeddedQueueOptions): JobQueue {
  const active = new Map<AbortController, { job: ClaimedJob; work: Promise<void> }>();
  let loop: Promise<void> | null = null;
  let stopped = false;
  const nap = createNap();
  const { wake } = nap;

  const runOne = (job: ClaimedJob) => {
    const controller = new AbortController();
    if (stopped) controller.abort(queueStopped); // Claimed while the queue stopped: `run` gives it back.
    const heartbeat = setInterval(() => {
      store.renew(job, leaseMs).then(
        (held) => held || controller.abort(leaseLost),
        (error: unknown) => onError(`job ${job.id}: its lease could not be renewed: ${messageOf(error)}`),
      );
    }, leaseMs / 3).unref();
    const work = (async () => run(job, controller.signal))()
      .catch((error: unknown) => onError(`job ${job.id}: ${messageOf(error)}`))
      .finally(() => {
        clearInterval(heartbeat);
        active.delete(controller);
        wake();
      });
    active.set(controller, { job, work });
  };

  const inHand = () => [...active.values()].map(({ job }) => job);

  const take = async (): Promise<boolean> => {
    try {
      const job = await store.claim(leaseMs, inHand());
      if (job) runOne(job);
      return job !== null;
    } catch (error) {
      onError(`jobs could not be claimed: ${messageOf(error)}`);
      return false;
    }
  };

  const work = async () => {
    while (!stopped) {
      if (active.size < concurrency && (await take())) continue;
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
      for (const controller of active.keys()) controller.abort(queueStopped);
      let timer: NodeJS.Timeout | undefined;
      const timeout = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, timeoutMs);
      });
      // The loop first: the claim it waits for may still bring a job.
      const ended = Promise.resolve(loop).then(() => Promise.all([...active.values()].map(({ work }) => work)));
      await Promise.race([ended, timeout]);
      clearTimeout(timer);
    },
    running: () => active.size,
  };
}
