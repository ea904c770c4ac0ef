import { stat } from 'node:fs/promises';
import type { Core } from '@strapi/strapi';
import { MATTE_KEY } from '../assets/keys';
import type { AssetFile } from '../storage/original';
import { STORED_FILE, type FormatEntry, type StoredFileRow } from '../tables/files';
import type { MatteRow } from '../tables/mattes';
import { betterOrSame, type JobSource } from '../words';
import { fetchMatte } from './fetch';
import { keepMatte } from './keep';
import type { MatteKey, MatteTable } from './table';

export interface AdoptRequest {
  key: MatteKey;
  file: AssetFile;
  source: JobSource;
  workDir: string;
  signal: AbortSignal;
}

export interface Adopted {
  row: MatteRow;
  path: string;
}

const MAX_CANDIDATES = 5;

/**
 * Takes over a matte that only an asset's `formats.cutout_matte` tells of: after `strapi transfer`, an import, or a
 * database that was restored. What was paid for elsewhere is not paid for again.
 */
export async function adoptMatte(
  strapi: Core.Strapi,
  table: MatteTable,
  { key, file, source, workDir, signal }: AdoptRequest,
): Promise<Adopted | null> {
  const damaged = await table.damagedOf(key);
  for (const entry of await candidates(strapi, key, file)) {
    if (damaged.some(({ adoptedFrom }) => adoptedFrom === entry.hash)) continue;
    const path = await fetchMatte(strapi, entry, workDir, signal);
    if (path === null) continue;
    const { ext, mime, width, height } = entry;
    const picture = { path, ext, mime, width, height, bytes: (await stat(path)).size };
    const confidence = entry.cutout?.confidence ?? null;
    const facts = { confidence, subject: null, ledgerId: null, source, adoptedFrom: entry.hash };
    // Stored as what it is, which may be better than what was asked for.
    const own = key.effort === undefined ? key : { ...key, effort: entry.cutout?.effort ?? 'balanced' };
    const row = await keepMatte(strapi, table, { key: own, picture, ...facts });
    return { row, path };
  }
  return null;
}

/** The asset's own first, then copies that other assets of the same bytes have. */
async function candidates(strapi: Core.Strapi, key: MatteKey, file: AssetFile): Promise<FormatEntry[]> {
  const { sourceHash, engine, model } = key;
  const copies = (await strapi.db.query(STORED_FILE).findMany({
    where: { key: MATTE_KEY, sourceHash, engine, model, format: { $notNull: true } },
    orderBy: { id: 'desc' },
    limit: MAX_CANDIDATES,
  })) as StoredFileRow[];
  const entries = [file.formats?.[MATTE_KEY], ...copies.map(({ format }) => format)];
  const seen = new Set<string>();
  return entries.filter((entry): entry is FormatEntry => {
    if (!entry || seen.has(entry.hash) || !isOf(entry, key)) return false;
    seen.add(entry.hash);
    return true;
  });
}

/** A copy of a corrected matte belongs to its asset and is no matte of the engine's. */
function isOf({ cutout }: FormatEntry, { sourceHash, engine, model, weights, effort }: MatteKey): boolean {
  if (!cutout || cutout.corrected) return false;
  const sameWeights = cutout.weights === undefined || cutout.weights === weights;
  const goodEnough = effort === undefined || betterOrSame(effort).includes(cutout.effort ?? 'balanced');
  return (
    cutout.source === sourceHash && cutout.engine === engine && cutout.model === model && sameWeights && goodEnough
  );
}

/** Whether there is something to adopt, as far as rows tell. */
export const isAdoptable = async (strapi: Core.Strapi, key: MatteKey, file: AssetFile): Promise<boolean> =>
  (await candidates(strapi, key, file)).length > 0;
