import type { Core } from '@strapi/strapi';
import type { Planner } from '../jobs/plan';
import { fileIdsOf, mediaPopulate, type MediaPopulate } from '../rules/media-fields';
import { guarded } from './guard';

const ACTIONS = new Set(['create', 'update', 'publish', 'clone', 'discardDraft']);

interface DocumentResult {
  id?: number;
  entries?: { id: number }[];
}

/**
 * Plans the images of an entry after it was saved: attaching an existing asset to a field passes no lifecycle of the
 * file, only of the entry. Joins the entry's transaction where there is one, so that the job comes and goes with it.
 */
export function watchEntries(strapi: Core.Strapi, planner: Planner): void {
  const populates = new Map<string, MediaPopulate>();
  for (const uid of Object.keys(strapi.contentTypes)) {
    const populate = mediaPopulate(strapi, uid);
    if (populate) populates.set(uid, populate);
  }

  const planEntry = async (uid: string, entryId: number, populate: MediaPopulate) => {
    const entry: unknown = await strapi.db.query(uid).findOne({ where: { id: entryId }, populate });
    // In one order, so that two saves which lock the same assets do not wait for each other.
    const fileIds = fileIdsOf(entry, populate).sort((a, b) => a - b);
    for (const fileId of fileIds) await planner.plan(fileId, { source: 'field' });
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
