import type { Core } from '@strapi/strapi';
import type { FormatEntry } from '../tables/files';
import { JOB } from '../tables/jobs';
import { inTransaction } from '../transaction';
import { writeFormats } from './commit';
import { isCutoutKey } from './keys';

/** Takes every variant out of an asset's `formats` and ends its jobs; the sweep deletes the files then. */
export async function removeVariants(strapi: Core.Strapi, fileId: number): Promise<void> {
  await inTransaction(strapi, async () => {
    const file = (await strapi.db
      .queryBuilder('plugin::upload.file')
      .select(['id', 'formats'])
      .where({ id: fileId })
      .forUpdate()
      .first()
      .execute()) as { formats: Record<string, FormatEntry> | null } | null;
    if (!file) return;
    const kept = Object.fromEntries(Object.entries(file.formats ?? {}).filter(([key]) => !isCutoutKey(key)));
    await writeFormats(strapi, fileId, kept);
    // A running job loses its lease and drops what it makes.
    await strapi.db.query(JOB).deleteMany({ where: { fileId } });
  });
}
