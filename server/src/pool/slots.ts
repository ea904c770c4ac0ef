/** A counter of free places; who finds none waits in the order of asking. */
export interface Slots {
  /** Resolves with a function that gives the place back; rejects with the signal's reason. */
  take(signal: AbortSignal): Promise<() => void>;
}

export function createSlots(count: number): Slots {
  let free = count;
  const waiting = new Set<() => void>();

  const release = (): void => {
    free += 1;
    const [next] = waiting;
    next?.();
  };

  const claim = (): (() => void) => {
    free -= 1;
    let released = false;
    return () => {
      if (released) return;
      released = true;
      release();
    };
  };

  return {
    take(signal) {
      if (signal.aborted) return Promise.reject(signal.reason as Error);
      if (free > 0) return Promise.resolve(claim());
      return new Promise((resolve, reject) => {
        const proceed = (): void => {
          waiting.delete(proceed);
          signal.removeEventListener('abort', give);
          resolve(claim());
        };
        const give = (): void => {
          waiting.delete(proceed);
          reject(signal.reason as Error);
        };
        waiting.add(proceed);
        signal.addEventListener('abort', give, { once: true });
      });
    },
  };
}
