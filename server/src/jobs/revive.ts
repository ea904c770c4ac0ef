import type { Core } from '@strapi/strapi';
import type { ErrorCode } from '../errors';
import { JOB, type JobRow } from '../tables/jobs';
import type { Looks } from './looks';
import type { Waiting } from './waiting';

/** Reasons that a restart, or another API key, may have ended: weights were put in place, the configuration was mended, the key changed. */
const CURABLE: ErrorCode[] = [
  'model.missing',
  'model.corrupt',
  'model.unknown',
  'model.incompatible',
  'model.license',
  'model.cache',
  'model.download-failed',
  'model.unsupported-platform',
  'model.runtime-missing',
  'remote.not-configured',
  'remote.invalid-key',
  'remote.email-not-verified',
  'remote.forbidden',
];
const PAGE = 500;

/**
 * After a start, or another API key: what waits for such a reason looks again, and assets whose job failed for it are planned anew. No row is
 * brought back to life: whether, and how, a cutout is wanted is asked afresh.
 */
export async function reviveFailed(
  strapi: Core.Strapi,
  { looks, waiting }: { looks: Pick<Looks, 'add'>; waiting: Pick<Waiting, 'lookAgain'> },
): Promise<void> {
  await waiting.lookAgain(CURABLE);
  for (let after = 0; ;) {
    const page = (await strapi.db.query(JOB).findMany({
      select: ['id', 'fileId', 'source'],
      where: { id: { $gt: after }, state: 'failed', reasonCode: { $in: CURABLE } },
      orderBy: { id: 'asc' },
      limit: PAGE,
    })) as Pick<JobRow, 'id' | 'fileId' | 'source'>[];
    for (const { id, fileId, source } of page) {
      after = id;
      await looks.add(fileId, { source, cured: CURABLE });
    }
    if (page.length < PAGE) return;
  }
}
