import type { Core } from '@strapi/strapi';
import { JUMP_MS } from './clock';
import { LOCK, type LockRow } from './tables/locks';

/** Rows of `cutout_locks` in which processes say that they live, and whether they take jobs; start/presence writes them. */
export const NODE_NAME = 'process:';
/** So long a row stands for a living process. */
export const ALIVE_MS = 20_000;

/** Those of the processes that live, except one. */
export async function findAlive(strapi: Core.Strapi, now: number, except = ''): Promise<LockRow[]> {
  // Later than anybody writes: from before the clock went back.
  const until = { $gte: new Date(now), $lte: new Date(now + ALIVE_MS + JUMP_MS) };
  const where = { name: { $startsWith: NODE_NAME, $ne: except }, until };
  return (await strapi.db.query(LOCK).findMany({ where })) as LockRow[];
}
