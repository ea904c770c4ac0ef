import type { Core } from '@strapi/strapi';
import type { FormatEntry } from '../tables/files';
import { isCutoutKey } from './keys';

export type Formats = Record<string, FormatEntry>;

/** An asset's row as a transaction sees it that holds its lock. */
export interface LockedFile {
  id: number;
  hash: string;
  mime: string;
  folderPath: string | null;
  formats: Formats | null;
  /** Undefined where Strapi has no focal points, as before 5.35. */
  focalPoint: FocalPoint | null | undefined;
}

/** In per cent of width and height. */
export interface FocalPoint {
  x: number;
  y: number;
}

/**
 * Locks an asset's row until the transaction under way ends; null when there is none. Every transaction of the plugin
 * that touches an asset and its jobs begins here, so that they follow one another and never wait in a ring.
 */
export async function lockFile(strapi: Core.Strapi, fileId: number): Promise<LockedFile | null> {
  return strapi.db
    .queryBuilder('plugin::upload.file')
    .select(lockedColumns(strapi))
    .where({ id: fileId })
    .forUpdate() // Nothing on SQLite, whose single connection already lets one transaction in at a time.
    .first()
    .execute<LockedFile | null>();
}

function lockedColumns(strapi: Core.Strapi): string[] {
  const columns = ['id', 'hash', 'mime', 'folderPath', 'formats'];
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
