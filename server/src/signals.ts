/** Why a job's signal aborts; none names a fault of the job. */
export const queueStopped = Symbol('the queue stops');
export const leaseLost = Symbol('another worker holds the job');
export const jobCancelled = Symbol('a person cancelled the job');

/** Whether what the job is doing outlives it: the row is no longer its holder's to write, but a call under way may end. */
export const isOutOfHand = ({ reason }: AbortSignal): boolean => reason === leaseLost || reason === jobCancelled;

/** Aborts with `signal`, unless the job was taken out of its holder's hand: what is under way then may end. */
export function unlessOutOfHand(signal: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const abort = () => isOutOfHand(signal) || controller.abort(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  return controller.signal;
}
