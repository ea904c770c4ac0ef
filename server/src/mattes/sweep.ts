import type { Core } from '@strapi/strapi';
import { MATTE, type MatteRow } from '../tables/mattes';
import { discardMatte } from './discard';

const DAY_MS = 24 * 60 * 60 * 1000;
/** A file on its way for so long never arrived, or arrived for nobody: the provider has two minutes. */
const STORING_MS = 10 * 60 * 1000;
/**
 * How long a matte stays that nothing was composed from: a local one is made again for nothing, a paid one is not. Its
 * asset keeps a copy, from which it is adopted when it is needed after that.
 */
const UNUSED_MS = { local: 7 * DAY_MS, remote: 30 * DAY_MS };
const PAGE = 200;

export interface MatteSweepOptions {
  strapi: Core.Strapi;
  now: () => number;
  /** Called with the ledger row of a paid matte that was deleted: its bytes may be paid for anew. */
  onDeleted: (ledgerId: number) => Promise<void>;
}

/**
 * Deletes the files of mattes that are out of use, page by page. One that an asset was composed from lately stays, and
 * so does what cannot be deleted now: it is tried again by the next sweep.
 */
export function createMatteSweep({ strapi, now, onDeleted }: MatteSweepOptions): () => Promise<number> {
  const due = (after: number) => {
    const before = (ms: number) => new Date(now() - ms);
    return {
      id: { $gt: after },
      $or: [
        { state: { $in: ['replaced', 'gone'] }, usedAt: { $lt: before(DAY_MS) } },
        // A damaged one that was paid for stays: as long as it is there, only a person has it paid for again.
        { state: 'damaged', engine: 'local', usedAt: { $lt: before(DAY_MS) } },
        { state: 'storing', usedAt: { $lt: before(STORING_MS) } },
        { state: 'stored', parentId: { $null: true }, engine: 'local', usedAt: { $lt: before(UNUSED_MS.local) } },
        { state: 'stored', parentId: { $null: true }, engine: 'remote', usedAt: { $lt: before(UNUSED_MS.remote) } },
        { state: 'stored', parentId: { $notNull: true } },
      ],
    };
  };

  /** A corrected one lives as long as its asset. */
  const isOrphan = async (row: MatteRow): Promise<boolean> =>
    row.parentId === null ||
    row.state !== 'stored' ||
    (await strapi.db.query('plugin::upload.file').count({ where: { id: row.fileId } })) === 0;

  const remove = async (row: MatteRow): Promise<boolean> => {
    if (!(await discardMatte(strapi, row))) return false;
    if (row.ledgerId !== null) await onDeleted(row.ledgerId);
    return true;
  };

  return async () => {
    let deleted = 0;
    for (let after = 0; ;) {
      const page = (await strapi.db
        .query(MATTE)
        .findMany({ where: due(after), orderBy: { id: 'asc' }, limit: PAGE })) as MatteRow[];
      for (const row of page) {
        after = row.id;
        if ((await isOrphan(row)) && (await remove(row))) deleted += 1;
      }
      if (page.length < PAGE) return deleted;
    }
  };
}
