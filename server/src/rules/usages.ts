import type { Core, UID } from '@strapi/strapi';
import type { FieldSettings } from '../words';
import { inTransaction } from '../transaction';
import { parseFieldSettings } from './field-settings';

interface MorphRow {
  related_type: string;
  field: string;
}

interface MorphAttribute {
  joinTable: { name: string };
}

/** Settings of every media field that uses the file now, in drafts, published entries, components and dynamic zones. */
export async function fieldsUsing(strapi: Core.Strapi, fileId: number): Promise<FieldSettings[]> {
  const related = strapi.db.metadata.get('plugin::upload.file').attributes.related as unknown as MorphAttribute;
  const rows = (await inTransaction(strapi, ({ trx }) =>
    trx(related.joinTable.name).where('file_id', fileId).distinct('related_type', 'field'),
  )) as MorphRow[];
  return rows.flatMap(({ related_type: uid, field }) => {
    const settings = fieldSettings(strapi, uid, field);
    return settings ? [settings] : [];
  });
}

/** `pluginOptions.cutout` of one media attribute; null where there is none or the type is gone. */
export function fieldSettings(strapi: Core.Strapi, uid: string, field: string): FieldSettings | null {
  const attribute = strapi.getModel(uid as UID.Schema)?.attributes?.[field] as
    { pluginOptions?: { cutout?: unknown } } | undefined;
  const result = parseFieldSettings(attribute?.pluginOptions?.cutout);
  return result.ok ? result.settings : null;
}
