import type { Core } from '@strapi/strapi';
import { messageOf } from '../errors';
import type { JobStore } from '../jobs/store';
import { type FormatEntry, STORED_FILE, type StoredFileRow } from '../tables/files';

export interface Sweeper {
  /** Deletes what was stored for one asset and is no longer in its `formats`. */
  asset(fileId: number): Promise<number>;
  /** The same for every asset, page by page. */
  everything(): Promise<number>;
}

const PAGE = 200;

/**
 * The one place that deletes stored files. A file goes when its asset does not refer to it, no job that may still
 * commit it is alive, and no other row stands for the same file.
 */
export function createSweeper(strapi: Core.Strapi, jobs: Pick<JobStore, 'alive'>): Sweeper {
  const files = () => strapi.db.query(STORED_FILE);

  const deleteStored = async (row: StoredFileRow) => {
    const entity = row.format ?? { hash: row.hash, ext: row.ext, name: row.hash, url: '' };
    try {
      await strapi.plugin('upload').provider.delete(entity);
    } catch (error) {
      // Kept on record and tried again by the next sweep.
      strapi.log.warn(`[cutout] '${row.hash}${row.ext}' could not be deleted: ${messageOf(error)}`);
      return false;
    }
    return true;
  };

  const sweepAsset = async (fileId: number, rows: StoredFileRow[]): Promise<number> => {
    const alive = await jobs.alive([...new Set(rows.map((row) => row.jobId))]);
    // Read after the jobs: one that committed in between is seen in `formats`.
    const referred = await referredHashes(strapi, fileId);
    const seen = new Set<string>();
    let deleted = 0;
    for (const row of [...rows].reverse()) {
      const isDouble = seen.has(row.hash);
      seen.add(row.hash);
      if (alive.has(row.jobId) || (referred.has(row.hash) && !isDouble)) continue;
      if (!isDouble && !(await deleteStored(row))) continue;
      await files().delete({ where: { id: row.id } });
      deleted += isDouble ? 0 : 1;
    }
    return deleted;
  };

  const asset = async (fileId: number) =>
    sweepAsset(fileId, (await files().findMany({ where: { fileId }, orderBy: { id: 'asc' } })) as StoredFileRow[]);

  return {
    asset,
    async everything() {
      let deleted = 0;
      for (let after = 0; ;) {
        const page = (await files().findMany({
          select: ['id', 'fileId'],
          where: { fileId: { $gt: after } },
          orderBy: { fileId: 'asc' },
          limit: PAGE,
        })) as Pick<StoredFileRow, 'fileId'>[];
        if (page.length === 0) return deleted;
        for (const fileId of new Set(page.map((row) => row.fileId))) {
          deleted += await asset(fileId);
          after = fileId;
        }
      }
    },
  };
}

async function referredHashes(strapi: Core.Strapi, fileId: number): Promise<Set<string>> {
  const file = (await strapi.db
    .query('plugin::upload.file')
    .findOne({ select: ['formats'], where: { id: fileId } })) as { formats: Record<string, FormatEntry> | null } | null;
  return new Set(Object.values(file?.formats ?? {}).map((entry) => entry.hash));
}
