import type { Core } from '@strapi/strapi';
import { MATTE_KEY } from '../assets/keys';
import { messageOf } from '../errors';
import { deleteFile } from '../storage/provider';
import { STORED_FILE } from '../tables/files';
import { MATTE, type MatteRow } from '../tables/mattes';
import type { MatteKey } from './table';

/**
 * Deletes a matte with its file. Out of use first: a job that looks for it meanwhile must not find a row whose file goes.
 * @returns false when the provider cannot delete it now; the sweep tries again
 */
export async function discardMatte(strapi: Core.Strapi, row: MatteRow): Promise<boolean> {
  await strapi.db.query(MATTE).updateMany({ where: { id: row.id }, data: { state: 'replaced', claim: null } });
  try {
    await deleteFile(strapi, row.format ?? row);
  } catch (error) {
    strapi.log.warn(`[cutout] the matte '${row.hash}${row.ext}' could not be deleted: ${messageOf(error)}`);
    return false;
  }
  await strapi.db.query(MATTE).deleteMany({ where: { id: row.id } });
  return true;
}

/**
 * An asset's copy of a matte was deleted. Once no asset has one any more, a local matte goes too: it is made again for
 * nothing. A paid one stays for a month, should its bytes come back.
 */
export async function releaseMatte(strapi: Core.Strapi, key: Omit<MatteKey, 'weights'>): Promise<void> {
  const { sourceHash, engine, model } = key;
  if (engine !== 'local') return;
  const copies = await strapi.db.query(STORED_FILE).count({ where: { key: MATTE_KEY, sourceHash, engine, model } });
  if (copies > 0) return;
  const where = { sourceHash, engine, model, state: 'stored', parentId: { $null: true } };
  const rows = (await strapi.db.query(MATTE).findMany({ where })) as MatteRow[];
  for (const row of rows) await discardMatte(strapi, row);
}
