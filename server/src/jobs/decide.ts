import { createHash } from 'node:crypto';
import type { Reason } from '../words';
import { unknownPresets } from '../rules/presets';
import type { Wants } from '../rules/wants';
import type { FormatEntry } from '../tables/files';
import type { JobRow } from '../tables/jobs';
import { MATTE_KEY, variantKey } from '../assets/keys';
import { mayBePicture, type NamedType } from '../assets/picture-type';
import { betterOrSame } from '../words';

export interface DecideInputs {
  wants: Wants | null;
  /** Options hash of each preset of the configuration, for this asset. */
  presetHashes: Record<string, string>;
  file: NamedType & { formats: Record<string, FormatEntry> | null };
  version: number;
  /** The asset's newest job, if it has one. */
  latest: Pick<JobRow, 'id' | 'state' | 'ask' | 'version' | 'presets' | 'reasonCode'> | null;
  force: boolean;
  /** Only these presets are looked at; all that are wanted when left out. */
  only?: readonly string[] | undefined;
  /** Presets that are to be made anew because they are stale, although their variants are there. */
  stale?: readonly string[];
  /** Reasons that are gone: a last job that ended for one of them counts for nothing. */
  cured?: readonly string[] | undefined;
  /** A person asks: a failure, a skip or a wait is no answer to that. A held job needs `force`, which is the decision. */
  asked?: boolean;
}

export type Decision =
  | { kind: 'nothing'; reason: 'not-wanted' | 'up-to-date' | 'under-way' | 'settled' }
  /** A new job with these presets. */
  | { kind: 'job'; presets: string[]; ask: string }
  /** The queued job takes these presets in too. */
  | { kind: 'extend'; jobId: number; presets: string[]; ask: string }
  /** Nothing to run, but the reason belongs on record. */
  | { kind: 'record'; presets: string[]; ask: string; state: 'skipped' | 'failed'; reason: Reason };

/** What follows from what is wanted of an asset and what it has. Pure: the same inputs, the same decision. */
export function decide(inputs: DecideInputs): Decision {
  const { wants, presetHashes, file, version, latest, force, asked = false } = inputs;
  if (!wants) return { kind: 'nothing', reason: 'not-wanted' };
  const { known, unknown } = sortPresets(wants.presets, presetHashes);
  const ask = askFor(wants, version, presetHashes);
  const sameAsk = latest?.ask === ask;
  if (sameAsk && (latest.state === 'running' || (latest.state === 'queued' && !force && !asked))) {
    return { kind: 'nothing', reason: 'under-way' };
  }
  const stays = latest?.state === 'held' || (latest?.state !== 'done' && !asked);
  if (sameAsk && !force && stays && !isVoid(latest.reasonCode, inputs.cured)) {
    return { kind: 'nothing', reason: 'settled' };
  }

  if (known.length === 0) {
    const { code, message } = unknownPresets(unknown, Object.keys(presetHashes));
    return { kind: 'record', presets: unknown, ask, state: 'failed', reason: { code, message } };
  }
  const skip = skipByType(file);
  if (skip) return { kind: 'record', presets: known, ask, state: 'skipped', reason: skip };

  const looked = known.filter((preset) => inputs.only?.includes(preset) ?? true);
  const isMissing = (preset: string) =>
    inputs.stale?.includes(preset) || isOvertaken(preset, inputs) || !isCurrent(preset, inputs, wants, ask);
  const missing = force ? looked : looked.filter(isMissing);
  if (missing.length === 0) return { kind: 'nothing', reason: 'up-to-date' };
  if (latest && latest.state === 'queued' && latest.version === version) {
    const queued = sortPresets(latest.presets, presetHashes).known;
    return { kind: 'extend', jobId: latest.id, presets: [...new Set([...queued, ...missing])].sort(), ask };
  }
  return { kind: 'job', presets: missing, ask };
}

/** A job that was overtaken says nothing of the asset, and neither does one whose reason is gone. */
export const OVERTAKEN: readonly string[] = ['job.stale', 'job.superseded'];

const isVoid = (code: string | null, cured: readonly string[] = []) =>
  code !== null && (OVERTAKEN.includes(code) || cured.includes(code));

/** By own keys: `constructor` is a name that an upload may send. */
export function sortPresets(presets: string[], presetHashes: Record<string, string>) {
  const known = presets.filter((preset) => Object.hasOwn(presetHashes, preset));
  return { known, unknown: presets.filter((preset) => !known.includes(preset)) };
}

/** What is asked by now is there, but a job of another ask is about to put something else in its place. */
const isOvertaken = (preset: string, { latest, version }: DecideInputs): boolean =>
  latest?.state === 'running' && latest.version === version && latest.presets.includes(preset);

/** A variant is current when it was composed with today's options from a matte of the engine that is wanted. */
function isCurrent(preset: string, { file, presetHashes, latest }: DecideInputs, wants: Wants, ask: string): boolean {
  const made = file.formats?.[variantKey(preset)]?.cutout;
  if (!made || made.options !== presetHashes[preset]) return false;
  const corrected = file.formats?.[MATTE_KEY]?.cutout?.corrected === true;
  if (wants.effort && made.engine === 'local' && !corrected) {
    if (!betterOrSame(wants.effort).includes(made.effort ?? 'balanced')) return false;
  }
  // A finished job may have fallen back to another engine; the same ask would end there again, another one may not.
  return wants.engine === 'auto' || made.engine === wants.engine || (latest?.state === 'done' && latest.ask === ask);
}

/** What is surely no picture need not be fetched; of all else the bytes tell. */
function skipByType(file: NamedType): Reason | null {
  if (mayBePicture(file)) return null;
  return { code: 'source.not-an-image', message: `No image: the file is of type '${file.mime}'.` };
}

/** Names what is asked: the same wants of the same bytes with the same options have the same name. */
export function askFor(wants: Wants, version: number, presetHashes: Record<string, string>): string {
  const { known, unknown } = sortPresets(wants.presets, presetHashes);
  const { maxPixels, effort } = wants;
  const presets = (known.length > 0 ? known : unknown).map((preset) => [preset, presetHashes[preset] ?? null]);
  return createHash('sha256')
    .update(
      JSON.stringify([version, wants.engine, presets, ...(maxPixels ? [maxPixels] : []), ...(effort ? [effort] : [])]),
    )
    .digest('hex')
    .slice(0, 32);
}
