import type { AssetStatus, RunRequest } from '../../../server/src/api/contracts';
import type { TextKey } from '../translations';
import type { Wanted } from './entryImages';

/** The button's words for an asset's state. */
export function runLabel({ state, variants }: AssetStatus): TextKey {
  if (state === 'queued' || state === 'running') return 'panel.run.busy';
  if (state === 'failed' || state === 'waiting' || state === 'held') return 'panel.run.retry';
  return variants.length > 0 ? 'panel.run.again' : 'panel.run';
}

/** What pressing it asks for: the fields' presets and engine, made anew unless nothing was ever made. */
export function runRequest({ state }: AssetStatus, wanted: Wanted | null): RunRequest {
  return { ...wanted, ...(state === 'none' ? {} : { force: true }) };
}
