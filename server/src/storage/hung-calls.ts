import type { Core } from '@strapi/strapi';
import { CutoutError } from '../errors';
import { limited } from '../limit';

/**
 * Calls of the upload provider that were given up on and still hang. Those of a local provider on a dead mount each
 * hold one of the four threads that Strapi's process has for all its files, so no more than two are let in.
 */
const MOST_HUNG = 2;
/** A provider in the network may never tell that it is back: one call after so long finds out. */
const TRIAL_AFTER_MS = 60_000;

interface Hung {
  calls: number;
  /** Of `performance.now()`. */
  lastTrial: number;
}

const known = new WeakMap<Core.Strapi, Hung>();

function hungOf(strapi: Core.Strapi): Hung {
  const hung = known.get(strapi) ?? { calls: 0, lastTrial: -Infinity };
  known.set(strapi, hung);
  return hung;
}

/**
 * Calls the provider and gives up after `ms`, or when `signal` aborts.
 * @throws CutoutError `storage.unavailable` after the limit, and at once while too many calls hang; what the call throws
 */
export async function callProvider<T>(
  strapi: Core.Strapi,
  ms: number,
  signal: AbortSignal | undefined,
  call: (limit: AbortSignal) => Promise<T>,
): Promise<T> {
  const hung = hungOf(strapi);
  if (hung.calls >= MOST_HUNG) refuseUnlessTrial(strapi, hung);
  let state: 'running' | 'hangs' | 'over' = 'running';
  const over = () => {
    if (state === 'hangs') hung.calls = Math.max(0, hung.calls - 1);
    state = 'over';
  };
  try {
    const result = await limited(ms, signal, (limit) => call(limit).finally(over));
    // It answers: what still hangs does so for reasons of its own.
    if (!isLocalProvider(strapi)) hung.calls = 0;
    return result;
  } catch (error) {
    if (state === 'running') {
      state = 'hangs';
      hung.calls += 1;
    }
    signal?.throwIfAborted();
    if (!isTimeout(error)) throw error;
    const message = `The upload provider did not answer within ${Math.round(ms / 1000)} s.`;
    throw new CutoutError('storage.unavailable', message, { cause: error });
  }
}

function refuseUnlessTrial(strapi: Core.Strapi, hung: Hung): void {
  if (!isLocalProvider(strapi) && performance.now() - hung.lastTrial >= TRIAL_AFTER_MS) {
    hung.lastTrial = performance.now();
    return;
  }
  const message = `The upload provider hangs in ${hung.calls} calls; it is asked again when one of them ends.`;
  throw new CutoutError('storage.unavailable', message);
}

const isLocalProvider = (strapi: Core.Strapi): boolean =>
  strapi.config.get<{ provider: string }>('plugin::upload').provider === 'local';

const isTimeout = (error: unknown): boolean => (error as { name?: unknown } | null)?.name === 'TimeoutError';
