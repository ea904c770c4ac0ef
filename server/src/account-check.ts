import type { CutoutApp } from './app';
import { createRembgClient } from './engines/remote';
import { CutoutError, messageOf } from './errors';
import type { Reason } from './words';

/** Stops that are about the key or the account: a person ends them there, and not the turn of a window. */
export const ACCOUNT_STOPS: readonly string[] = ['remote.invalid-key', 'remote.forbidden', 'remote.email-not-verified'];
/** A person waits for the answer. */
const TIMEOUT_MS = 5000;

/**
 * Asks the account once, which is free, and past the circuit, which would answer in its place. When the account
 * answers, paid calls may go on and the jobs that waited for that look again.
 * @returns why the account still takes no calls; null when it does. Never rejects.
 */
export function createAccountCheck({
  config,
  service,
  jobs,
  queue,
}: Pick<CutoutApp, 'config' | 'service' | 'jobs' | 'queue'>): () => Promise<Reason | null> {
  const { apiKey, apiUrl, accountUrl, timeouts } = config.remote;

  const ask = async (key: string): Promise<void> => {
    const probe = createRembgClient({ apiKey: key, apiUrl, accountUrl, timeouts: { ...timeouts, total: TIMEOUT_MS } });
    try {
      await probe.membership();
    } finally {
      await probe.close();
    }
  };

  const check = async (): Promise<Reason | null> => {
    if (!service || apiKey === null) return { code: 'remote.not-configured', message: 'No API key is configured.' };
    try {
      await ask(apiKey);
      const circuit = service.client.circuit.state();
      if (circuit.kind === 'open' && ACCOUNT_STOPS.includes(circuit.code)) service.client.circuit.reset();
      await jobs.revive([...ACCOUNT_STOPS]);
      queue.wake();
      return null;
    } catch (error) {
      const code = error instanceof CutoutError ? error.code : 'job.failed';
      return { code, message: messageOf(error) };
    }
  };

  let checking: Promise<Reason | null> | null = null;
  return () => (checking ??= check().finally(() => (checking = null)));
}
