/** One signal for "the caller gave up" and "the time is over", with the answer to which it was. */
export interface Deadline {
  signal: AbortSignal;
  /** Milliseconds left. */
  left(): number;
  /** Frees the timer and the listener. Call it always. */
  dispose(): void;
}

/** The reason a deadline's signal carries when its time is over. */
export class TimeIsOver extends Error {
  constructor(readonly limitMs: number) {
    super(`The time limit of ${limitMs} ms ran out.`);
    this.name = 'TimeIsOver';
  }
}

export function createDeadline(ms: number, caller?: AbortSignal): Deadline {
  const controller = new AbortController();
  const end = performance.now() + ms;
  const cancel = () => controller.abort(caller?.reason);
  const timer = setTimeout(() => controller.abort(new TimeIsOver(ms)), ms);
  if (caller?.aborted) cancel();
  else caller?.addEventListener('abort', cancel, { once: true });
  return {
    signal: controller.signal,
    left: () => Math.max(0, end - performance.now()),
    dispose: () => {
      clearTimeout(timer);
      caller?.removeEventListener('abort', cancel);
    },
  };
}

/** Waits, or rejects with the signal's reason as soon as it is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
