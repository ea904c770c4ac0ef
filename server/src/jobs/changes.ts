import { AsyncResource } from 'node:async_hooks';
import type { Core } from '@strapi/strapi';
import { messageOf } from '../errors';
import { limited } from '../limit';
import { createNap } from '../nap';
import { JOB, type JobRow } from '../tables/jobs';
import { newestJobs } from './newest';
import { createTold, type JobChange, writtenAt } from './told';
import { readJobs, type Written, writtenSince } from './written';

export interface JobListener {
  /** In the order of writing. */
  changed(changes: readonly JobChange[]): void;
  /** A look has ended: what could be seen at this moment is told. */
  looked(at: number): void;
}

export interface FollowOptions {
  /** The moment of a look, here or on another node: what came after it is told first. Null: from now on. */
  since: number | null;
  /** Assets whose jobs are told first; without a moment the newest of each. Null: all, and without a moment none. */
  fileIds: readonly number[] | null;
}

export interface Followed {
  /** What is told first; null when it is more than is told again. */
  first: JobRow[] | null;
  /** The moment of the look up to which that goes. */
  at: number;
  leave(): void;
}

/** What becomes of jobs, whichever process works on them: the table is looked at while somebody listens. */
export interface JobChanges {
  follow(listener: JobListener, options: FollowOptions): Promise<Followed>;
  listeners(): number;
}

const LOOK_EVERY_MS = 1000;
/** A database that hangs is waited for so long. */
const LOOK_MS = 30_000;
/**
 * A row is seen when its transaction has ended, but bears the time it was written at, by a clock that its node may have
 * set half a minute ago. So each look goes back so far, and tells what was not seen before.
 */
const OVERLAP_MS = 60_000;
/** What was written before this process began to look is taken for seen so much later. */
const LATE_MS = 10_000;
/** More changes than this are not told again. */
const MOST_AGAIN = 1000;

/** @param now milliseconds since the epoch, by the database's clock */
export function createJobChanges(strapi: Core.Strapi, now: () => number): JobChanges {
  // Looks must not run in the async context of the request that happened to be the first.
  const root = new AsyncResource('cutout.changes');
  const nap = createNap();
  const told = createTold();
  const listeners = new Set<JobListener>();
  let lookedAt = -Infinity;
  let running = false;

  const look = async (): Promise<void> => {
    const at = Math.trunc(now());
    // The clock may have been turned back since the last look.
    const from = Math.min(lookedAt, at) - OVERLAP_MS;
    for await (const page of writtenSince(strapi, from)) {
      const news = page.filter((one) => !told.knows(one)).map(idOf);
      for await (const rows of readJobs(strapi, news)) {
        const changes = rows.flatMap((row) => told.learn(row, at));
        if (changes.length > 0) for (const listener of listeners) listener.changed(changes);
      }
    }
    told.forget(from);
    lookedAt = at;
    for (const listener of listeners) listener.looked(at);
  };

  /** Learns how jobs stand, so that looks tell what changes from now on. */
  const begin = async (): Promise<void> => {
    const at = Math.trunc(now());
    told.clear();
    const runs = (await strapi.db.query(JOB).findMany({ select: ['id'], where: { state: 'running' } })) as JobRow[];
    const ids = new Set(runs.map(idOf));
    for await (const page of writtenSince(strapi, at - OVERLAP_MS)) for (const { id } of page) ids.add(id);
    for await (const rows of readJobs(strapi, [...ids])) {
      for (const row of rows) told.learn(row, writtenAt(row) + LATE_MS);
    }
    lookedAt = at;
  };

  /** What a look has seen, or came before all that looks go over; the next look tells the rest. */
  const isSeen = (written: Written): boolean => told.knows(written) || written.at < lookedAt - OVERLAP_MS;

  const again = async (moment: number, fileIds: FollowOptions['fileIds']): Promise<number[] | null> => {
    const ids: number[] = [];
    for await (const page of writtenSince(strapi, Math.min(moment, now()) - OVERLAP_MS, fileIds)) {
      ids.push(...page.filter((one) => (told.since(one) ?? one.at + LATE_MS) > moment).map(idOf));
      if (ids.length > MOST_AGAIN) return null;
    }
    return ids;
  };

  const firstOf = async ({ since, fileIds }: FollowOptions): Promise<JobRow[] | null> => {
    const ids = since === null ? [...(await newestJobs(strapi, fileIds ?? [])).values()] : await again(since, fileIds);
    if (ids === null) return null;
    const first: JobRow[] = [];
    for await (const rows of readJobs(strapi, ids)) first.push(...rows);
    return first.filter((row) => isSeen({ id: row.id, at: writtenAt(row) }));
  };

  let turn: Promise<unknown> = Promise.resolve();
  /** One after the other: looks, and whoever joins between two of them. */
  const inTurn = <T>(work: (limit: AbortSignal) => Promise<T>): Promise<T> => {
    const done = turn.then(() => limited(LOOK_MS, undefined, work));
    turn = done.catch(() => undefined);
    return done;
  };

  const run = async (): Promise<void> => {
    for (let failed = false; listeners.size > 0; await nap.take(LOOK_EVERY_MS)) {
      try {
        await inTurn(look);
        failed = false;
      } catch (error) {
        if (!failed) strapi.log.warn(`[cutout] changes of jobs cannot be read: ${messageOf(error)}`);
        failed = true;
      }
    }
    running = false;
  };

  return {
    listeners: () => listeners.size,

    follow: (listener, options) =>
      inTurn(async (limit) => {
        // After a pause that a look goes over, nothing is forgotten: whoever was cut off goes on where it was.
        await (running || now() - lookedAt < OVERLAP_MS ? look() : begin());
        const first = await firstOf(options);
        limit.throwIfAborted();
        listeners.add(listener);
        if (!running) {
          running = true;
          void root.runInAsyncScope(run);
        }
        const leave = () => {
          listeners.delete(listener);
          if (listeners.size === 0) nap.wake();
        };
        return { first, at: lookedAt, leave };
      }),
  };
}

const idOf = ({ id }: { id: number }): number => id;
