import type { AssetView, RunRequest } from '../../../server/src/api/contracts';
import type { TextKey } from '../translations';

/** What the button says and asks for. */
export interface RunAction {
  label: TextKey;
  isBusy: boolean;
  request: RunRequest;
}

/** An empty request asks for what the fields and rules want; the server knows that better than an unsaved form. */
const asWanted: RunRequest = {};
/** What is there already is made anew, and what is held is decided, only when a person insists. */
const anew: RunRequest = { force: true };

/** The button for an asset's state; `null` where this person may not press it. */
export function runAction({ state, variants, may }: Pick<AssetView, 'state' | 'variants' | 'may'>): RunAction | null {
  if (state === 'queued' || state === 'running') {
    return may.run || may.force ? { label: 'panel.run.busy', isBusy: true, request: asWanted } : null;
  }
  const insists = state === 'held' || (state === 'ready' && variants.length > 0);
  if (!(insists ? may.force : may.run)) return null;
  const isRetry = state === 'failed' || state === 'waiting' || state === 'held';
  const label = isRetry ? 'panel.run.retry' : variants.length > 0 ? 'panel.run.again' : 'panel.run';
  return { label, isBusy: false, request: insists ? anew : asWanted };
}
