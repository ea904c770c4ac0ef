import type { Core } from '@strapi/strapi';
import type { Formats } from '../assets/formats';
import { elapsed } from '../clock';
import { messageOf } from '../errors';
import { deleteFile } from '../storage/provider';
import { NO_JOB, STORED_FILE, type StoredFileRow } from '../tables/files';
import { assetHashOf } from './stored-name';

export interface Sweeper {
  /** Deletes what was stored for one asset and is no longer in its `formats`. Resolves to the number of files. */
  asset(fileId: number): Promise<number>;
  /** The same for every asset, page by page. */
  everything(): Promise<number>;
}

interface Owner {
  id: number;
  hash: string;
  formats: Formats | null;
}

export interface SweeperOptions {
  strapi: Core.Strapi;
  now: () => number;
  /** Of these jobs, those that have not come to an end. */
  openJobs: (jobIds: number[]) => Promise<Set<number>>;
  /** Called with the row of each file that was deleted. */
  onDeleted: (row: StoredFileRow) => Promise<void>;
}

const PAGE = 200;
/** A file on its way arrives within that, whatever becomes of the process that sent it: the provider has two minutes. */
const ARRIVES_MS = 10 * 60_000;

/**
 * The one place that deletes stored files. A file goes when its asset does not refer to it and its job has come to an
 * end: a job that runs may still commit it, one that waits for another try may still read its matte.
 */
export function createSweeper({ strapi, now, openJobs, onDeleted }: SweeperOptions): Sweeper {
  const files = () => strapi.db.query(STORED_FILE);

  /** No job has it any more, so whoever sent it deletes it. @returns false when it has arrived just now */
  const giveUp = async ({ id }: StoredFileRow): Promise<boolean> => {
    const data = { jobId: NO_JOB, updatedAt: new Date(now()) };
    return (await files().updateMany({ where: { id, format: { $null: true } }, data })).count > 0;
  };

  /** Whoever sent it may have ended before it arrived: its row stays, and its file is deleted again by later sweeps. */
  const mayArrive = ({ format, jobId, updatedAt }: StoredFileRow): boolean =>
    format === null && (jobId !== NO_JOB || elapsed(new Date(updatedAt).getTime(), now()) < ARRIVES_MS);

  const deleteStored = async (row: StoredFileRow): Promise<boolean> => {
    // With its whole entry, which some providers need, it is for the next sweep.
    if (row.format === null && row.jobId !== NO_JOB && !(await giveUp(row))) return false;
    try {
      await deleteFile(strapi, row.format ?? row);
    } catch (error) {
      // Kept on record and tried again by the next sweep.
      strapi.log.warn(`[cutout] '${row.hash}${row.ext}' could not be deleted: ${messageOf(error)}`);
      return false;
    }
    if (mayArrive(row)) return false;
    await files().delete({ where: { id: row.id } });
    await onDeleted(row);
    return true;
  };

  /** Whether the file is still somebody's. One that moved to another asset's row is put down to that one. */
  const isKept = async (row: StoredFileRow, owner: Owner | undefined): Promise<boolean> => {
    if (owner && refersTo(owner, row)) return true;
    if (owner && row.hash.startsWith(`${owner.hash}_`)) return false;
    const heir = await findHeir(strapi, row);
    if (heir) await files().update({ where: { id: row.id }, data: { fileId: heir.id } });
    return heir !== null;
  };

  const sweepRows = async (rows: StoredFileRow[]): Promise<number> => {
    const open = await openJobs(unique(rows.map((row) => row.jobId)));
    const ended = rows.filter((row) => !open.has(row.jobId));
    // Read after the jobs: one that committed in between is seen in `formats`.
    const owners = await readOwners(strapi, unique(ended.map((row) => row.fileId)));
    let deleted = 0;
    for (const row of ended) {
      if (await isKept(row, owners.get(row.fileId))) continue;
      if (await deleteStored(row)) deleted += 1;
    }
    return deleted;
  };

  return {
    asset: async (fileId) => sweepRows((await files().findMany({ where: { fileId } })) as StoredFileRow[]),
    async everything() {
      let deleted = 0;
      for (let after = 0; ;) {
        const where = { id: { $gt: after } };
        const page = (await files().findMany({ where, orderBy: { id: 'asc' }, limit: PAGE })) as StoredFileRow[];
        const last = page.at(-1);
        if (!last) return deleted;
        after = last.id;
        deleted += await sweepRows(page);
      }
    },
  };
}

const unique = (ids: number[]) => [...new Set(ids)];

const refersTo = ({ formats }: Pick<Owner, 'formats'>, { hash }: StoredFileRow) =>
  Object.values(formats ?? {}).some((entry) => entry?.hash === hash);

async function readOwners(strapi: Core.Strapi, ids: number[]): Promise<Map<number, Owner>> {
  if (ids.length === 0) return new Map();
  const owners = (await strapi.db
    .query('plugin::upload.file')
    .findMany({ select: ['id', 'hash', 'formats'], where: { id: { $in: ids } } })) as Owner[];
  return new Map(owners.map((owner) => [owner.id, owner]));
}

/** An import gives assets new ids, or other assets their old ones; the hash of the original tells whose a file is. */
async function findHeir(strapi: Core.Strapi, row: StoredFileRow): Promise<Owner | null> {
  const hash = assetHashOf(row);
  if (hash === null) return null;
  const candidates = (await strapi.db
    .query('plugin::upload.file')
    .findMany({ select: ['id', 'hash', 'formats'], where: { hash }, limit: 10 })) as Owner[];
  return candidates.find((candidate) => refersTo(candidate, row)) ?? null;
}
