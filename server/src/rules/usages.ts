import type { Core, UID } from '@strapi/strapi';
import { inTransaction, tableOf } from '../transaction';
import type { FieldSettings } from '../words';
import { parseFieldSettings } from './field-settings';

interface MorphAttribute {
  joinTable: { name: string };
}

/**
 * Settings of every media field that uses each of these files now, in drafts, published entries, components and dynamic
 * zones.
 */
export async function fieldsUsing(strapi: Core.Strapi, fileIds: number[]): Promise<Map<number, FieldSettings[]>> {
  const used = new Map<number, FieldSettings[]>(fileIds.map((id) => [id, []]));
  if (fileIds.length === 0) return used;
  const related = strapi.db.metadata.get('plugin::upload.file').attributes.related as unknown as MorphAttribute;
  const rows = await inTransaction(strapi, async (scope) => {
    const query = tableOf(strapi, scope, related.joinTable.name).whereIn('file_id', fileIds);
    return await query.distinct('file_id', 'related_type', 'field');
  });
  for (const row of rows) {
    const settings = fieldSettings(strapi, String(row.related_type), String(row.field));
    if (settings) used.get(Number(row.file_id))?.push(settings);
  }
  return used;
}

/** `pluginOptions.cutout` of one media attribute; null where there is none or the type is gone. */
export function fieldSettings(strapi: Core.Strapi, uid: string, field: string): FieldSettings | null {
  const attribute = strapi.getModel(uid as UID.Schema)?.attributes?.[field] as
    { pluginOptions?: { cutout?: unknown } } | undefined;
  const result = parseFieldSettings(attribute?.pluginOptions?.cutout);
  return result.ok ? result.settings : null;
}
