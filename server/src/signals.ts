/** Why a job's signal aborts; none names a fault of the job. */
export const queueStopped = Symbol('the queue stops');
export const leaseLost = Symbol('another worker holds the job');
export const jobCancelled = Symbol('a person cancelled the job');

/** Whether what the job is doing outlives it: the row is no longer its holder's to write, but a call under way may end. */
export const isOutOfHand = ({ reason }: AbortSignal): boolean => reason === leaseLost || reason === jobCancelled;

/** What the stop of the queue leaves to a call that is under way; less than a process has to end. */
export const STORING_GRACE_MS = 5000;

/**
 * For a call that leaves something behind wherever it ends: what the job's holder loses, it may end, and when the queue
 * stops it has a while for that.
 */
export function untilItEnds(signal: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const abort = () => {
    if (isOutOfHand(signal)) return;
    if (signal.reason !== queueStopped) controller.abort(signal.reason);
    else setTimeout(() => controller.abort(queueStopped), STORING_GRACE_MS).unref();
  };
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  return controller.signal;
}
