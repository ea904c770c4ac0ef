import { THUMBNAIL_KEY } from '../assets/keys';
import type { FormatEntry } from '../tables/files';
import type { JobRow } from '../tables/jobs';
import type { Reason } from '../words';
import { assetSubject, type Outbox } from './outbox';

type EventJob = Pick<JobRow, 'id' | 'fileId' | 'source' | 'bulk'>;

const ofJob = ({ id: jobId, fileId, source, bulk }: EventJob) => ({ fileId, jobId, source, bulk });

/** New variants are in an asset's `formats`. */
export async function addReady(
  outbox: Pick<Outbox, 'add'>,
  job: EventJob,
  entries: Record<string, FormatEntry>,
): Promise<void> {
  const variants = Object.entries(entries)
    .filter(([key]) => key !== THUMBNAIL_KEY)
    .map(([key, { url, mime, width, height }]) => ({ key, url, mime, width, height }));
  await outbox.add('cutout.ready', assetSubject(job.fileId), { ...ofJob(job), variants });
}

/** A job came to an end that made nothing. */
export async function addEnded(
  outbox: Pick<Outbox, 'add'>,
  job: EventJob,
  state: 'failed' | 'skipped',
  reason: Reason,
): Promise<void> {
  await outbox.add(`cutout.${state}`, assetSubject(job.fileId), { ...ofJob(job), reason });
}
