import { setTimeout as sleep } from 'node:timers/promises';
import { HttpError } from '../../../scripts/lib/client';
import { asJson, type Nodes } from '../../support/nodes';

/** An asset as the database has it. */
export interface StoredAsset {
  id: number;
  formats: Record<string, { url: string; hash: string; ext: string; width: number }> | null;
}

export interface StoredJob {
  id: number;
  file_id: number;
  state: string;
  ask: string;
  attempts: number;
  reason_code: string | null;
}

export async function assetsOf(nodes: Nodes): Promise<StoredAsset[]> {
  const found = await nodes.rows<StoredAsset>('select id, formats from files order by id');
  return found.map(({ id, formats }) => ({ id, formats: asJson<StoredAsset['formats']>(formats) }));
}

export const jobsIn = (nodes: Nodes): Promise<StoredJob[]> =>
  nodes.rows<StoredJob>('select id, file_id, state, ask, attempts, reason_code from cutout_jobs order by id');

export const hasVariants = ({ formats }: StoredAsset, ...keys: string[]): boolean =>
  keys.every((key) => formats?.[key] !== undefined);

/**
 * Waits until `done`, but gives up when nothing in the job table has changed for `patienceMs`: what has been lost does
 * not come back.
 * @returns whether it was done
 */
export async function settledOrStuck(nodes: Nodes, done: () => Promise<boolean>, patienceMs: number): Promise<boolean> {
  let seen = '';
  let since = Date.now();
  for (;;) {
    if (await done()) return true;
    const now = JSON.stringify((await jobsIn(nodes)).map(({ id, state, attempts }) => [id, state, attempts]));
    if (now !== seen) since = Date.now();
    else if (Date.now() - since > patienceMs) return false;
    seen = now;
    await sleep(1000);
  }
}

/** An answer that was no success. */
export interface Refusal {
  what: string;
  status: number;
  text: string;
}

/** Runs a request and keeps what went wrong, so that a proof can count it. `null` when it failed. */
export async function attempt<T>(refusals: Refusal[], what: string, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    const status = error instanceof HttpError ? error.status : 0;
    const { message } = error as Error;
    refusals.push({
      what,
      status,
      text: error instanceof HttpError ? `${message} ${JSON.stringify(error.body)}` : message,
    });
    return null;
  }
}

/** Why a job ended or waits, counted. */
export function reasonsOf(jobs: StoredJob[]): string {
  const counts = new Map<string, number>();
  for (const { state, reason_code: reason } of jobs) {
    const name = reason ? `${state} (${reason})` : state;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => `${count} ${name}`).join(', ');
}
