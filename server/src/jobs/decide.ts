import { createHash } from 'node:crypto';
import type { Reason } from '../api/contracts';
import { unknownPresets } from '../rules/presets';
import type { Wants } from '../rules/wants';
import type { FormatEntry } from '../tables/files';
import type { JobRow } from '../tables/jobs';
import { variantKey } from '../variants/keys';

export interface DecideInputs {
  wants: Wants | null;
  /** Options hash of each preset in the configuration. */
  presetHashes: Record<string, string>;
  file: { mime: string; formats: Record<string, FormatEntry> | null };
  version: number;
  /** The asset's newest job, if it has one. */
  latest: Pick<JobRow, 'id' | 'state' | 'ask' | 'version' | 'presets'> | null;
  force: boolean;
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
  const { wants, presetHashes, file, version, latest, force } = inputs;
  if (!wants) return { kind: 'nothing', reason: 'not-wanted' };
  const ask = hashAsk(wants, version, presetHashes);
  const sameAsk = latest?.ask === ask;
  if (sameAsk && (latest.state === 'running' || (latest.state === 'queued' && !force))) {
    return { kind: 'nothing', reason: 'under-way' };
  }
  if (sameAsk && !force && latest.state !== 'done') return { kind: 'nothing', reason: 'settled' };

  const unknown = wants.presets.filter((preset) => !(preset in presetHashes));
  if (unknown.length > 0) {
    const { code, message } = unknownPresets(unknown, Object.keys(presetHashes));
    return {
      kind: 'record',
      presets: wants.presets,
      ask,
      state: 'failed',
      reason: { code, message },
    };
  }
  const skip = skipByType(file.mime);
  if (skip) return { kind: 'record', presets: wants.presets, ask, state: 'skipped', reason: skip };

  const missing = force ? wants.presets : wants.presets.filter((preset) => !isCurrent(preset, inputs, wants));
  if (missing.length === 0) return { kind: 'nothing', reason: 'up-to-date' };
  if (latest && latest.state === 'queued' && latest.version === version) {
    return { kind: 'extend', jobId: latest.id, presets: [...new Set([...latest.presets, ...missing])].sort(), ask };
  }
  return { kind: 'job', presets: missing, ask };
}

/** A variant is current when it was composed with today's options from a matte of the engine that is wanted. */
function isCurrent(preset: string, { file, presetHashes, latest }: DecideInputs, wants: Wants): boolean {
  const made = file.formats?.[variantKey(preset)]?.cutout;
  if (!made || made.options !== presetHashes[preset]) return false;
  // A finished job may have fallen back to another engine; the same ask would end there again.
  return wants.engine === 'auto' || made.engine === wants.engine || latest?.state === 'done';
}

/** What no engine makes a cutout of can be told from the type alone. */
function skipByType(mime: string): Reason | null {
  if (!mime.startsWith('image/'))
    return { code: 'source.not-an-image', message: `No image: the file is of type '${mime}'.` };
  if (mime === 'image/svg+xml')
    return { code: 'source.svg', message: 'SVG: a vector graphic has no background to remove.' };
  return null;
}

function hashAsk(wants: Wants, version: number, presetHashes: Record<string, string>): string {
  const presets = wants.presets.map((preset) => [preset, presetHashes[preset] ?? null]);
  return createHash('sha256')
    .update(JSON.stringify([version, wants.engine, presets]))
    .digest('hex')
    .slice(0, 32);
}
