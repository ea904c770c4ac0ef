import type { Core } from '@strapi/strapi';
import { dropVariants, lockFile } from '../assets/formats';
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
