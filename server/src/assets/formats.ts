import type { Core } from '@strapi/strapi';
import type { FormatEntry } from '../tables/files';
import { tableOf, type TransactionScope, type TrxQuery } from '../transaction';
import type { FocalPoint } from '../words';
import { isCutoutKey, THUMBNAIL_KEY } from './keys';

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

/**
 * Locks many assets' rows, in the order of their ids so that two who do so never wait in a ring, and reads them. Like
 * `lockFile` it must be the transaction's first statement.
 */
export async function lockFiles(
  strapi: Core.Strapi,
  scope: TransactionScope,
  fileIds: readonly number[],
): Promise<LockedFile[]> {
  const { tableName } = strapi.db.metadata.get('plugin::upload.file');
  const rows = tableOf(strapi, scope, tableName).whereIn('id', fileIds).orderBy('id').select('id');
  const ids = (await asLocked(strapi, rows)).map(({ id }) => id as number);
  const select = lockedColumns(strapi);
  const where = { id: { $in: ids } };
  return (await strapi.db
    .query('plugin::upload.file')
    .findMany({ select, where, orderBy: { id: 'asc' } })) as LockedFile[];
}

function lockById(strapi: Core.Strapi, scope: TransactionScope, fileId: number, onlyFree = false) {
  const { tableName } = strapi.db.metadata.get('plugin::upload.file');
  const locked = asLocked(strapi, tableOf(strapi, scope, tableName).where('id', fileId).select('id'));
  return onlyFree ? locked.skipLocked() : locked;
}

/**
 * PostgreSQL's weaker lock lets others insert rows that refer to the file: a publish must not wait for this. SQLite has
 * no row locks and needs none, its single connection lets one transaction in at a time.
 */
const asLocked = (strapi: Core.Strapi, rows: TrxQuery): TrxQuery =>
  strapi.db.dialect.client === 'postgres' ? rows.forNoKeyUpdate() : rows.forUpdate();

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

/** Without a small picture of a variant that is not there any more. */
export function withoutOldThumbnail(formats: Formats): Formats {
  const { [THUMBNAIL_KEY]: thumbnail, ...others } = formats;
  const of = thumbnail?.cutout?.of;
  return Object.values(others).some((entry) => of !== undefined && entry?.hash === of) ? formats : others;
}

/** Takes the plugin's variants out of a locked asset's `formats`; the sweep deletes their files then. */
export async function dropVariants(strapi: Core.Strapi, file: LockedFile): Promise<Formats> {
  const entries = Object.entries(file.formats ?? {});
  const kept = entries.filter(([key]) => !isCutoutKey(key));
  const formats = Object.fromEntries(kept);
  if (kept.length < entries.length) await writeFile(strapi, file.id, { formats });
  return formats;
}
