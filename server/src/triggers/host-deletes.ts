import type { Core } from '@strapi/strapi';
import { messageOf } from '../errors';
import { isGone } from '../storage/provider';
import { STORED_FILE } from '../tables/files';

type Delete = (file: HostFile, ...options: unknown[]) => Promise<unknown>;

/** What Strapi's media library asks its provider to delete: an asset, or one entry of its `formats`. */
interface HostFile {
  hash?: string;
  /** Of the plugin's entries alone. */
  cutout?: unknown;
}

/**
 * Strapi deletes what an asset's `formats` named when it read the row: every variant, and twice where two requests
 * replace one asset. A variant is on the plugin's record, so it is left to the sweep that follows the change: each file
 * is deleted once, none while `formats` still names it, and no request fails or waits because a variant cannot be
 * deleted now. What only `formats` tells of is deleted as Strapi asks; a file that is gone counts as deleted.
 */
export function leaveVariantsToSweep(strapi: Core.Strapi): void {
  const { provider } = strapi.plugin('upload') as unknown as { provider: { delete: Delete } };
  const deleteNow = provider.delete.bind(provider);

  provider.delete = async (file, ...options) => {
    if (!file.cutout) return deleteNow(file, ...options);
    if (await isOnRecord(strapi, file)) return undefined;
    return deleteNow(file, ...options).catch((error: unknown) => {
      if (!isGone(error)) throw error;
    });
  };
}

async function isOnRecord(strapi: Core.Strapi, { hash }: HostFile): Promise<boolean> {
  try {
    return (await strapi.db.query(STORED_FILE).count({ where: { hash } })) > 0;
  } catch (error) {
    strapi.log.warn(`[cutout] whether a variant is on record could not be read: ${messageOf(error)}`);
    return false;
  }
}
