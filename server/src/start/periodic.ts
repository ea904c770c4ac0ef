import { createNap } from '../nap';

/** Work that is done at start, every so often, and whenever somebody wakes it; one round at a time. */
export interface Periodic {
  wake(): void;
  /** Begins no more rounds and waits for the one under way. */
  stop(): Promise<void>;
}

export function createPeriodic(
  everyMs: number,
  round: (signal: AbortSignal) => Promise<unknown>,
  onError: (error: unknown) => void,
): Periodic {
  const stopping = new AbortController();
  const nap = createNap();
  const loop = async () => {
    while (!stopping.signal.aborted) {
      try {
        await round(stopping.signal);
      } catch (error) {
        if (!stopping.signal.aborted) onError(error);
      }
      if (!stopping.signal.aborted) await nap.take(everyMs);
    }
  };
  const running = loop();
  return {
    wake: nap.wake,
    stop() {
      stopping.abort();
      nap.wake();
      return running;
    },
  };
}
