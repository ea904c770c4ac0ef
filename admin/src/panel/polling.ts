import type { AssetState } from '../../../server/src/api/contracts';

/** A field asks for the cutout, but the job may be written a moment after the entry's save is answered: ms to look for it. */
export const expectWindowMs = 10_000;

export function isActive(state: AssetState): boolean {
  return state === 'queued' || state === 'running' || state === 'waiting';
}

/**
 * How long to wait before the next look at an asset's state; `null` when nothing will change by itself.
 * `elapsedMs`: time since the work was first seen, or since the entry was opened or saved.
 */
export function pollDelay(state: AssetState, elapsedMs: number, expected: boolean): number | null {
  if (!isActive(state)) return expected && state === 'none' && elapsedMs < expectWindowMs ? 1_000 : null;
  if (elapsedMs < 10_000) return 1_000;
  if (elapsedMs < 60_000) return 2_000;
  if (elapsedMs < 300_000) return 5_000;
  return 15_000;
}
