import type { Core } from '@strapi/strapi';
import type { FormatEntry } from '../tables/files';
import { tableOf, type TransactionScope } from '../transaction';
import type { FocalPoint } from '../words';
import { isCutoutKey } from './keys';

export type Formats = Record<string, FormatEntry>;

/** An asset's row as a transaction sees it that holds its lock. */
export interface LockedFile {
  id: number;
  name: string;
  ext: string | null;
  hash: string;
  mime: string | null;
  folderPath: string | null;
  formats: Formats | null;
  /** Undefined where Strapi has no focal points, as before 5.35. */
  focalPoint: FocalPoint | null | undefined;
}

/**
 * Locks an asset's row until the transaction under way ends, and reads it; null when there is none. Every transaction
 * of the plugin that touches an asset and its jobs begins here and reads all else unlocked, so that they follow one
 * another and never wait in a ring. It must be the transaction's first statement: MySQL's other reads show what was
 * committed by the first of them, which then is after the lock.
 */
export async function lockFile(
  strapi: Core.Strapi,
  scope: TransactionScope,
  fileId: number,
): Promise<LockedFile | null> {
  const locked = await lockById(strapi, scope, fileId);
  return locked.length === 0 ? null : readFile(strapi, fileId);
}

/** The same without waiting: whether nobody else had the lock. Only where `canSkipLocked` says so. */
export async function lockFreeFile(strapi: Core.Strapi, scope: TransactionScope, fileId: number): Promise<boolean> {
  return (await lockById(strapi, scope, fileId, true)).length > 0;
}

function lockById(strapi: Core.Strapi, scope: TransactionScope, fileId: number, onlyFree = false) {
  const { tableName } = strapi.db.metadata.get('plugin::upload.file');
  const row = tableOf(strapi, scope, tableName).where('id', fileId).select('id');
  // PostgreSQL's weaker lock lets others insert rows that refer to the file: a publish must not wait for this. SQLite
  // has no row locks and needs none, its single connection lets one transaction in at a time.
  const locked = strapi.db.dialect.client === 'postgres' ? row.forNoKeyUpdate() : row.forUpdate();
  return onlyFree ? locked.skipLocked() : locked;
}

async function readFile(strapi: Core.Strapi, fileId: number): Promise<LockedFile | null> {
  return strapi.db
    .queryBuilder('plugin::upload.file')
    .select(lockedColumns(strapi))
    .where({ id: fileId })
    .first()
    .execute<LockedFile | null>();
}

function lockedColumns(strapi: Core.Strapi): string[] {
  const columns = ['id', 'name', 'ext', 'hash', 'mime', 'folderPath', 'formats'];
  const known = strapi.db.metadata.get('plugin::upload.file').attributes;
  return 'focalPoint' in known ? [...columns, 'focalPoint'] : columns;
}

/** Past lifecycles and `updatedAt`: the asset's own content is unchanged, and this write must not trigger a plan. */
export async function writeFile(
  strapi: Core.Strapi,
  fileId: number,
  columns: { formats: Formats; focalPoint?: FocalPoint },
): Promise<void> {
  // The query builder does not serialise JSON columns.
  const data = Object.fromEntries(Object.entries(columns).map(([name, value]) => [name, JSON.stringify(value)]));
  await strapi.db.queryBuilder('plugin::upload.file').where({ id: fileId }).update(data).execute();
}

/** Takes the plugin's variants out of a locked asset's `formats`; the sweep deletes their files then. */
export async function dropVariants(strapi: Core.Strapi, file: LockedFile): Promise<Formats> {
  const entries = Object.entries(file.formats ?? {});
  const kept = entries.filter(([key]) => !isCutoutKey(key));
  const formats = Object.fromEntries(kept);
  if (kept.length < entries.length) await writeFile(strapi, file.id, { formats });
  return formats;
}
