import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Core } from '@strapi/strapi';
import { CutoutError } from '../errors';
import type { Box } from '../imaging/picture';
import { deleteFile, putFile } from '../storage/provider';
import type { MatteRow } from '../tables/mattes';
import { isUniqueViolation } from '../transaction';
import type { JobSource } from '../words';
import { discardMatte } from './discard';
import { claimOf, type MatteKey, type MatteTable } from './table';

export interface KeepRequest {
  key: MatteKey;
  picture: { path: string; ext: string; mime: string; width: number; height: number; bytes: number };
  confidence: number | null;
  subject: Box | null;
  ledgerId: number | null;
  /** Hash in the name of the copy that it is adopted from. */
  adoptedFrom?: string;
  source: JobSource | null;
  /** Only of a corrected one: the matte it was made from, its asset, and who made it. */
  correction?: { parentId: number; fileId: number; madeBy: string | null } | undefined;
  /** Takes the place of the stored one of the same key. */
  anew?: boolean;
}

/**
 * Stores a matte through the upload provider, as a file of its own. The row is written before the file, so that the
 * sweep finds what a crash left. Two that are stored at once for the same key become one.
 * @throws CutoutError `store.failed`
 */
export async function keepMatte(
  strapi: Core.Strapi,
  table: MatteTable,
  request: Omit<KeepRequest, 'correction'>,
): Promise<MatteRow> {
  const { key, anew } = request;
  return publish(await storeMatte(strapi, table, request), claimOf(key));

  async function publish(stored: MatteRow, claim: string): Promise<MatteRow> {
    const older = anew ? await table.findAll(key) : [];
    for (const { id } of older) await table.putAside(id, 'replaced');
    try {
      await table.update(stored.id, { format: stored.format, state: 'stored', claim });
      for (const row of older) await discardMatte(strapi, row);
      return { ...stored, state: 'stored', claim };
    } catch (error) {
      const other = isUniqueViolation(error) ? await table.find(key) : null;
      if (!other) throw error;
      if (stored.format) await deleteFile(strapi, stored.format);
      await table.remove(stored.id);
      // What was paid for it twice over is told by the ledger; the picture is there once.
      return other;
    }
  }
}

/**
 * The same without anybody finding it yet: its row is `storing` until its owner says otherwise, and the sweep takes it
 * after a while if nobody does.
 * @throws CutoutError `store.failed`
 */
export async function storeMatte(strapi: Core.Strapi, table: MatteTable, request: KeepRequest): Promise<MatteRow> {
  const { key, picture, correction, anew: _anew, adoptedFrom = null, ...facts } = request;
  const hash = `cutout_matte_${key.sourceHash.slice(0, 16)}_${randomBytes(6).toString('hex')}`;
  const parent = correction ?? { parentId: null, fileId: null, madeBy: null };
  const row = await table.add({
    ...key,
    effort: key.effort === undefined || key.effort === 'balanced' ? null : key.effort,
    ...facts,
    ...parent,
    adoptedFrom,
    claim: null,
    state: 'storing',
    hash,
    ext: picture.ext,
    format: null,
  });
  const { ext, mime, width, height, bytes } = picture;
  const entity = {
    ...{ name: `${hash}${ext}`, hash, ext, mime, path: null, width, height },
    ...{ size: Math.round(bytes / 10) / 100, sizeInBytes: bytes },
    getStream: () => createReadStream(picture.path),
  };
  try {
    return { ...row, format: await putFile(strapi, entity) };
  } catch (error) {
    // The sweep deletes what may have arrived all the same.
    throw error instanceof CutoutError ? error : new CutoutError('store.failed', String(error), { cause: error });
  }
}
