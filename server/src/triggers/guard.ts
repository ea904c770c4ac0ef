import type { Core } from '@strapi/strapi';
import { messageOf } from '../errors';
import { endedTransaction } from '../transaction';

/**
 * Runs what the plugin adds to somebody else's write. A fault ends in the log and the write goes on without a cutout,
 * unless it ended the transaction that the write belongs to: then it must be told, or the write would be lost silently.
 * @param what Subject of the log line, e.g. 'an upload'.
 */
export async function guarded(strapi: Core.Strapi, what: string, task: () => Promise<unknown>): Promise<void> {
  try {
    await task();
  } catch (error) {
    strapi.log.error(`[cutout] ${what} went on without a cutout: ${messageOf(error)}`);
    if (await endedTransaction(strapi, error)) throw error;
  }
}
