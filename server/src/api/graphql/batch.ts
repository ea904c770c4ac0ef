import type { Core } from '@strapi/strapi';
import type { FileView } from '../content/contracts';
import { viewFiles } from '../content/views';

/** Reads one file's view; those that are asked for by one request at the same moment are read together. */
export type ReadOne = (request: object, id: number) => Promise<FileView | null>;

export function createBatch(strapi: Core.Strapi): ReadOne {
  const batches = new WeakMap<object, { ids: Set<number>; views: Promise<Map<number, FileView>> }>();

  const begin = (request: object) => {
    const ids = new Set<number>();
    const views = new Promise<void>((resolve) => setImmediate(resolve)).then(async () => {
      batches.delete(request);
      return new Map((await viewFiles(strapi, [...ids])).map((view) => [view.id, view]));
    });
    const batch = { ids, views };
    batches.set(request, batch);
    return batch;
  };

  return async (request, id) => {
    const { ids, views } = batches.get(request) ?? begin(request);
    ids.add(id);
    return (await views).get(id) ?? null;
  };
}
