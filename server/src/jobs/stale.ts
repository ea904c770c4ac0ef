import type { Formats } from '../assets/formats';
import { MATTE_KEY, variantKey } from '../assets/keys';
import type { Making, StaleCause } from '../bulk-words';
import type { Wants } from '../rules/wants';
import type { Provenance } from '../tables/files';
import { betterOrSame } from '../words';
import { askFor } from './decide';
import type { LatestJob } from './store';

export interface StaleInputs {
  formats: Formats | null;
  wants: Wants | null;
  /** Options hash of each preset, for this asset. */
  presetHashes: Record<string, string>;
  making: Making;
  version: number;
  latest: Pick<LatestJob, 'state' | 'ask' | 'composeOnly'> | null;
}

/** Presets whose variants were made otherwise than they would be made now, and what is different. Pure. */
export function staleness({
  formats,
  wants,
  presetHashes,
  making,
  version,
  latest,
}: StaleInputs): Map<string, StaleCause[]> {
  if (!wants) return new Map();
  const { local, refine } = making;
  const stale = new Map<string, StaleCause[]>();
  // Another engine made it because the wanted one could not, and would again.
  const fellBack =
    latest?.state === 'done' && !latest.composeOnly && latest.ask === askFor(wants, version, presetHashes);
  // What a person corrected does not age with the model.
  const corrected = formats?.[MATTE_KEY]?.cutout?.corrected === true;
  for (const preset of wants.presets) {
    const made = formats?.[variantKey(preset)]?.cutout;
    if (!made) continue;
    const causes: StaleCause[] = [];
    if (Object.hasOwn(presetHashes, preset) && made.options !== presetHashes[preset]) causes.push('options');
    if (wants.engine !== 'auto' && made.engine !== wants.engine && !fellBack) causes.push('engine');
    else if (made.engine === 'local' && !corrected) {
      if (![local, ...local.equals].some((now) => isOf(made, now))) causes.push('model');
      else if (!betterOrSame(wants.effort ?? local.effort).includes(made.effort ?? 'balanced')) causes.push('effort');
    }
    if ((made.unrefined ?? false) === refine) causes.push('refine');
    if (causes.length > 0) stale.set(preset, causes);
  }
  return stale;
}

/** Weights may have changed under a model's name; what was made before they were written down is of those there are. */
function isOf(made: Provenance, now: { model: string; weights: string }): boolean {
  return made.model === now.model && (!made.weights || !now.weights || made.weights === now.weights);
}
