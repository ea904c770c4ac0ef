import { messageOf } from '../errors';
import { jobCancelled } from '../signals';
import type { ClaimedJob, RunJob } from './queue';
import type { JobStore } from './store';

export interface Cancellable {
  run: RunJob;
  /** Aborts those of the jobs in hand that were cancelled. Never rejects. */
  look(): Promise<void>;
}

export interface CancellableOptions {
  store: Pick<JobStore, 'cancelled'>;
  run: RunJob;
  onError: (message: string) => void;
}

/** How long a job may go on that a person cancelled at another node. */
const LOOK_EVERY_MS = 1000;

/** Whatever queue hands out the jobs: one that is cancelled while it runs here aborts with `jobCancelled`. */
export function cancellable({ store, run, onError }: CancellableOptions): Cancellable {
  const inHand = new Map<AbortController, ClaimedJob>();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | null = null;

  const lookOnce = async (): Promise<void> => {
    try {
      const cancelled = await store.cancelled([...inHand.values()].map(({ id }) => id));
      for (const [controller, { id }] of inHand) if (cancelled.has(id)) controller.abort(jobCancelled);
    } catch (error) {
      onError(`whether jobs were cancelled could not be read: ${messageOf(error)}`);
    }
  };
  const tick = () => {
    looking ??= lookOnce().finally(() => (looking = null));
  };

  return {
    async run(job, signal) {
      const controller = new AbortController();
      inHand.set(controller, job);
      timer ??= setInterval(tick, LOOK_EVERY_MS).unref();
      try {
        await run(job, AbortSignal.any([signal, controller.signal]));
      } finally {
        inHand.delete(controller);
        if (inHand.size === 0) {
          clearInterval(timer);
          timer = undefined;
        }
      }
    },
    look: lookOnce,
  };
}
