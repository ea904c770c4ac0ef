import type { Core } from '@strapi/strapi';
import type { ClaimedJob } from '../jobs/queue';
import type { JobStore } from '../jobs/store';
import { ASSET, type AssetRow } from '../tables/assets';
import type { FormatEntry } from '../tables/files';
import type { JobRow } from '../tables/jobs';
import { inTransaction } from '../transaction';
import { belongsToPreset } from './keys';

/** What the job's files met: the asset they were made for, its newer bytes, no asset, or another holder of the job. */
export type CommitOutcome = 'done' | 'stale' | 'gone' | 'lost';

export interface CommitRequest {
  job: ClaimedJob;
  entries: Record<string, FormatEntry>;
  result: Pick<JobRow, 'chosen' | 'timings'>;
}

/**
 * Merges the new entries into the asset's `formats` and ends the job, both or neither: under a row lock, and only if
 * the asset still has the bytes that were read and the job is still the caller's.
 */
export function commitVariants(strapi: Core.Strapi, jobs: JobStore, request: CommitRequest): Promise<CommitOutcome> {
  const { job, entries, result } = request;
  return inTransaction(strapi, async (): Promise<CommitOutcome> => {
    const file = (await strapi.db
      .queryBuilder('plugin::upload.file')
      .select(['id', 'formats'])
      .where({ id: job.fileId })
      .forUpdate() // Nothing on SQLite, whose single connection already lets one transaction in at a time.
      .first()
      .execute()) as { formats: Record<string, FormatEntry> | null } | null;
    if (!file) return 'gone';
    const asset = (await strapi.db.query(ASSET).findOne({ where: { fileId: job.fileId } })) as AssetRow | null;
    if (asset?.version !== job.version) return 'stale';
    if (!(await jobs.finish(job, result))) return 'lost';
    await writeFormats(strapi, job.fileId, { ...withoutPresets(file.formats ?? {}, job.presets), ...entries });
    return 'done';
  });
}

/** Sizes that a preset no longer has go with its old variant. */
function withoutPresets(formats: Record<string, FormatEntry>, presets: string[]): Record<string, FormatEntry> {
  return Object.fromEntries(
    Object.entries(formats).filter(([key]) => !presets.some((preset) => belongsToPreset(key, preset))),
  );
}

/** Past lifecycles and `updatedAt`: the asset's own content is unchanged, and this write must not trigger a plan. */
export async function writeFormats(
  strapi: Core.Strapi,
  fileId: number,
  formats: Record<string, FormatEntry>,
): Promise<void> {
  await strapi.db
    .queryBuilder('plugin::upload.file')
    .where({ id: fileId })
    .update({ formats: JSON.stringify(formats) }) // The query builder does not serialise JSON columns.
    .execute();
}
