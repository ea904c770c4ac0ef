/**
 * The pause of a loop between two rounds, which anybody may end. Waking is synchronous and never throws, so commit hooks
 * may call it; the loop goes on in its own async context and not in that of the request that woke it.
 */
export interface Nap {
  /** Sleeps for `ms`, or not at all if it was woken since the last nap. */
  take(ms: number): Promise<void>;
  wake(): void;
}

export function createNap(): Nap {
  let woken = false;
  let end: (() => void) | null = null;
  return {
    wake() {
      woken = true;
      end?.();
    },
    take: (ms) =>
      new Promise<void>((resolve) => {
        if (woken) return resolve();
        const timer = setTimeout(resolve, ms);
        timer.unref();
        end = () => {
          clearTimeout(timer);
          resolve();
        };
      }).then(() => {
        woken = false;
        end = null;
      }),
  };
}
