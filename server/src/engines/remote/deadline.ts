import { setTimeout as sleep } from 'node:timers/promises';

/**
 * One signal for "the caller gave up" and "the time is over". Joined by hand: `AbortSignal.any` over
 * `AbortSignal.timeout` can be collected as garbage on Node 20 before it fires, and cannot be armed anew.
 */
export interface Deadline {
  signal: AbortSignal;
  /** Milliseconds left. */
  left(): number;
  /** Starts the time anew. */
  arm(ms: number): void;
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

/** @param ms time from now; without it none runs until `arm` */
export function createDeadline(ms: number | null, caller?: AbortSignal): Deadline {
  const controller = new AbortController();
  const cancel = () => controller.abort(caller?.reason);
  let end = Infinity;
  let timer: NodeJS.Timeout | undefined;
  let over = false;

  function arm(limitMs: number): void {
    clearTimeout(timer);
    // A broken connection may ask for another piece of the body when all is over.
    if (over) return;
    end = performance.now() + limitMs;
    timer = setTimeout(() => controller.abort(new TimeIsOver(limitMs)), limitMs);
  }
  function dispose(): void {
    over = true;
    clearTimeout(timer);
    caller?.removeEventListener('abort', cancel);
  }

  if (ms !== null) arm(ms);
  if (caller?.aborted) cancel();
  else caller?.addEventListener('abort', cancel, { once: true });
  return { signal: controller.signal, left: () => Math.max(0, end - performance.now()), arm, dispose };
}

/** Waits, or rejects with the signal's reason as soon as it is aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    throw signal.aborted ? (signal.reason as Error) : error;
  }
}
