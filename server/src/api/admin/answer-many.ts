import type { Core } from '@strapi/strapi';
import { getApp } from '../../app';
import type { AssetsResponse } from '../contracts';
import type { FileAccess } from './rights';
import { viewAssets } from './view-assets';

/** How these assets stand, in the order of their ids, and which of them are not told or were not changed. */
export async function answerMany(
  strapi: Core.Strapi,
  known: ReadonlyMap<number, FileAccess>,
  ids: readonly number[],
  isAllowed: (access: FileAccess) => boolean,
): Promise<AssetsResponse> {
  const found = ids.flatMap((id) => known.get(id) ?? []);
  const told = found.filter(isAllowed);
  return {
    data: await viewAssets(strapi, told),
    meta: {
      forbidden: found.filter((access) => !told.includes(access)).map(({ file }) => file.id),
      missing: ids.filter((id) => !known.has(id)),
      now: new Date(getApp(strapi).clock.now()).toISOString(),
    },
  };
}
