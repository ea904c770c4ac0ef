import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Core } from '@strapi/strapi';
import type { MatteFile } from '../imaging/picture';
import { STORED_FILE, type FormatEntry, type StoredFileRow } from '../tables/files';
import { MATTE_KEY } from '../assets/keys';
import { openFile } from '../storage/original';

export interface StoredMatte {
  fileId: number;
  entry: FormatEntry;
  source: MatteFile;
}

export interface StoredMatteQuery {
  sourceHash: string;
  engine: 'local' | 'remote';
  model: string;
  /** Preferred owner; a matte of another asset with the same bytes serves too. */
  fileId: number;
}

const FETCH_TIMEOUT_MS = 30_000;

const matteRows = ({ sourceHash, engine, model }: StoredMatteQuery) => ({
  where: { key: MATTE_KEY, sourceHash, engine, model, format: { $notNull: true } },
  orderBy: { id: 'desc' },
  limit: 10,
});

export async function hasStoredMatte(strapi: Core.Strapi, query: StoredMatteQuery): Promise<boolean> {
  return (await strapi.db.query(STORED_FILE).count({ where: matteRows(query).where })) > 0;
}

/** Finds the matte that the same engine and model made of the same bytes before, and fetches it; null without one. */
export async function fetchStoredMatte(
  strapi: Core.Strapi,
  query: StoredMatteQuery,
  workDir: string,
  signal: AbortSignal,
): Promise<StoredMatte | null> {
  const { fileId } = query;
  const rows = (await strapi.db.query(STORED_FILE).findMany(matteRows(query))) as StoredFileRow[];
  const own = rows.filter((row) => row.fileId === fileId);
  for (const row of [...own, ...rows.filter((row) => row.fileId !== fileId)]) {
    if (!row.format) continue;
    const path = join(workDir, `stored-matte${row.ext}`);
    const limit = AbortSignal.any([signal, AbortSignal.timeout(FETCH_TIMEOUT_MS)]);
    try {
      await pipeline(await openFile(strapi, row.format, limit), createWriteStream(path), { signal: limit });
    } catch {
      // Gone with its asset, or out of reach: a matte can be made anew, so the next one or none will do.
      signal.throwIfAborted();
      continue;
    }
    return { fileId: row.fileId, entry: row.format, source: { kind: 'file', path } };
  }
  return null;
}
