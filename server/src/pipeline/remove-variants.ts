import type { Core } from '@strapi/strapi';
import { dropVariants, lockFile, withoutOldThumbnail, writeFile } from '../assets/formats';
import { belongsToPreset } from '../assets/keys';
import { JOB } from '../tables/jobs';
import { inTransaction } from '../transaction';

/** Takes every variant out of an asset's `formats` and ends its jobs; the sweep deletes the files then. */
export async function removeVariants(strapi: Core.Strapi, fileId: number): Promise<void> {
  await inTransaction(strapi, async (scope) => {
    const file = await lockFile(strapi, scope, fileId);
    if (!file) return;
    await dropVariants(strapi, file);
    // A running job loses its lease and drops what it makes.
    await strapi.db.query(JOB).deleteMany({ where: { fileId } });
  });
}

/** Takes one preset's variants out of an asset's `formats`, and ends the jobs that would put them there again. */
export async function removePreset(strapi: Core.Strapi, fileId: number, preset: string): Promise<void> {
  await inTransaction(strapi, async (scope) => {
    const file = await lockFile(strapi, scope, fileId);
    if (!file) return;
    const kept = Object.entries(file.formats ?? {}).filter(([key]) => !belongsToPreset(key, preset));
    if (kept.length < Object.keys(file.formats ?? {}).length) {
      await writeFile(strapi, fileId, { formats: withoutOldThumbnail(Object.fromEntries(kept)) });
    }
    // What else they were to make is planned anew by whoever calls this.
    await strapi.db.query(JOB).deleteMany({ where: { fileId, state: { $in: ['queued', 'running', 'held'] } } });
  });
}
