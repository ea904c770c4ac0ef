import { messageOf } from '../../errors';
import { leaseLost, queueStopped } from '../../signals';
import type { ClaimedJob, RunJob } from '../queue';
import type { JobStore } from '../store';

/** The jobs that this process runs, whoever dispatched them. */
export interface Hands {
  /** Runs a claimed job to its end and renews its lease meanwhile. Never rejects. */
  run(job: ClaimedJob): Promise<void>;
  inHand(): ClaimedJob[];
  /** Tells what runs, and what is still handed over, to give back. */
  letGo(): void;
  /** Resolves when nothing runs. */
  empty(): Promise<void>;
}

export interface HandsOptions {
  store: Pick<JobStore, 'renew'>;
  run: RunJob;
  leaseMs: number;
  onError: (message: string) => void;
}

export function createHands({ store, run, leaseMs, onError }: HandsOptions): Hands {
  const active = new Map<AbortController, { job: ClaimedJob; work: Promise<void> }>();
  let stopped = false;

  return {
    run(job) {
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
        });
      active.set(controller, { job, work });
      return work;
    },
    inHand: () => [...active.values()].map(({ job }) => job),
    letGo() {
      stopped = true;
      for (const controller of active.keys()) controller.abort(queueStopped);
    },
    async empty() {
      await Promise.all([...active.values()].map(({ work }) => work));
    },
  };
}
