/**
 * Runs `work` and gives up on it after `ms`, or when `signal` aborts, even if it heeds neither: a read from a dead
 * network mount never ends, and nobody may wait for it.
 * @throws the reason of the signal, or a `TimeoutError`
 */
export async function limited<T>(
  ms: number,
  signal: AbortSignal | undefined,
  work: (limit: AbortSignal) => Promise<T>,
): Promise<T> {
  const timeout = AbortSignal.timeout(ms);
  const limit = signal ? AbortSignal.any([signal, timeout]) : timeout;
  limit.throwIfAborted();
  return await new Promise<T>((resolve, reject) => {
    const giveUp = () => reject(limit.reason as Error);
    limit.addEventListener('abort', giveUp, { once: true });
    work(limit)
      .then(resolve, reject)
      .finally(() => limit.removeEventListener('abort', giveUp));
  });
}
