import type { Core } from '@strapi/strapi';
import { findAsset } from '../assets/asset';
import { type Formats, lockFile, withoutOldThumbnail, writeFile } from '../assets/formats';
import { belongsToPreset } from '../assets/keys';
import { addReady } from '../events/of-jobs';
import type { Outbox } from '../events/outbox';
import type { ClaimedJob } from '../jobs/queue';
import type { JobStore } from '../jobs/store';
import type { JobRow } from '../tables/jobs';
import { inTransaction } from '../transaction';
import type { FocalPoint } from '../words';
import { keepAccepted } from './accept';

/** What the job's files met: the asset they were made for, its newer bytes, no asset, or another holder of the job. */
export type CommitOutcome = 'done' | 'stale' | 'gone' | 'lost';

export interface CommitRequest {
  job: ClaimedJob;
  entries: Formats;
  result: Pick<JobRow, 'chosen' | 'timings'>;
  /** Written to the asset if nobody has set one. */
  focalPoint: FocalPoint | null;
}

/**
 * Merges the new entries into the asset's `formats`, ends the job and writes its event down, all or nothing: under a row lock, and only if
 * the asset still has the bytes that were read and the job is still the caller's.
 */
export function commitVariants(
  strapi: Core.Strapi,
  { jobs, outbox }: { jobs: Pick<JobStore, 'finish'>; outbox: Pick<Outbox, 'add'> },
  { job, entries, result, focalPoint }: CommitRequest,
): Promise<CommitOutcome> {
  return inTransaction(strapi, async (scope): Promise<CommitOutcome> => {
    const file = await lockFile(strapi, scope, job.fileId);
    if (!file) return 'gone';
    if ((await findAsset(strapi, job.fileId))?.version !== job.version) return 'stale';
    if (!(await jobs.finish(job, result))) return 'lost';
    const made = keepAccepted(file.formats, entries);
    const formats = withoutOldThumbnail({ ...withoutPresets(file.formats ?? {}, job.presets), ...made });
    const unset = file.focalPoint === null;
    await writeFile(strapi, job.fileId, { formats, ...(focalPoint && unset ? { focalPoint } : {}) });
    await addReady(outbox, job, entries);
    return 'done';
  });
}

/** Sizes that a preset no longer has go with its old variant. */
function withoutPresets(formats: Formats, presets: string[]): Formats {
  return Object.fromEntries(
    Object.entries(formats).filter(([key]) => !presets.some((preset) => belongsToPreset(key, preset))),
  );
}
