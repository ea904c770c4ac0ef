import type { Core } from '@strapi/strapi';
import type { Looks } from '../jobs/looks';
import { fileIdsOf, mediaPopulate, type MediaPopulate } from '../rules/media-fields';
import { guarded } from './guard';

const ACTIONS = new Set(['create', 'update', 'publish', 'clone', 'discardDraft']);

interface DocumentResult {
  id?: number;
  entries?: { id: number }[];
}

/**
 * Has the images of an entry looked at after it was saved: attaching an existing asset to a field passes no lifecycle of
 * the file, only of the entry. Joins the entry's transaction where there is one, and writes nothing in it but that.
 */
export function watchEntries(strapi: Core.Strapi, looks: Pick<Looks, 'add'>): void {
  const populates = new Map<string, MediaPopulate>();
  for (const uid of Object.keys(strapi.contentTypes)) {
    const populate = mediaPopulate(strapi, uid);
    if (populate) populates.set(uid, populate);
  }

  const planEntry = async (uid: string, entryId: number, populate: MediaPopulate) => {
    const entry: unknown = await strapi.db.query(uid).findOne({ where: { id: entryId }, populate });
    for (const fileId of fileIdsOf(entry, populate)) await looks.add(fileId, { source: 'field' });
  };

  strapi.documents.use(async (context, next) => {
    const result = await next();
    const saved = result as DocumentResult | null;
    const populate = ACTIONS.has(context.action) ? populates.get(context.uid) : undefined;
    if (!populate || !saved) return result;
    const ids = saved.entries?.map((entry) => entry.id) ?? (saved.id === undefined ? [] : [saved.id]);
    await guarded(strapi, `an entry of ${context.uid}`, async () => {
      for (const id of ids) await planEntry(context.uid, id, populate);
    });
    return result;
  });
}
