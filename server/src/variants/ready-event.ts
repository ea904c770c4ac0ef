import type { FormatEntry } from '../tables/files';
import type { JobRow } from '../tables/jobs';

/** Emitted on Strapi's event hub, and offered to webhooks, when new variants are in an asset's `formats`. */
export const READY_EVENT = 'cutout.ready';

export function readyPayload(
  job: Pick<JobRow, 'id' | 'fileId' | 'source'>,
  entries: Record<string, FormatEntry>,
): Record<string, unknown> {
  const variants = Object.entries(entries).map(([key, { url, mime, width, height }]) => ({
    key,
    url,
    mime,
    width,
    height,
  }));
  return { fileId: job.fileId, jobId: job.id, source: job.source, variants };
}
