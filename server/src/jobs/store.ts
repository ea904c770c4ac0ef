import { randomUUID } from 'node:crypto';
import type { Core } from '@strapi/strapi';
import { lockFile } from '../assets/formats';
import { JOB, type JobProgress, type JobRow } from '../tables/jobs';
import { inTransaction } from '../transaction';
import type { EngineName } from '../words';
import type { ClaimedJob } from './queue';
import type { Ending } from './ending';

/** What a dispatcher needs to know of a job. */
export type DueJob = Pick<JobRow, 'id' | 'priority'>;

/** What a decision needs to know of an asset's newest job. */
export type LatestJob = Pick<JobRow, 'id' | 'fileId' | 'state' | 'ask' | 'version' | 'presets' | 'reasonCode'>;

export interface JobStore {
  /**
   * Of the due jobs, the one whose turn came first and whose asset no other job is working on, leased to the
   * caller; null when there is none.
   * @param inHand what the caller runs: alive whatever the clock says, which may have been turned
   * @param engines of which the caller takes jobs; of all when left out
   */
  claim(leaseMs: number, inHand?: readonly ClaimedJob[], engines?: readonly EngineName[]): Promise<ClaimedJob | null>;
  /** That one job, if it is due and no other job is working on its asset; else null. */
  claimById(
    id: number,
    leaseMs: number,
    engines?: readonly EngineName[],
    inHand?: readonly ClaimedJob[],
  ): Promise<ClaimedJob | null>;
  /** Due jobs of these engines, the one whose turn came first in front; some of them may be of busy assets. */
  due(engines: readonly EngineName[], limit: number): Promise<DueJob[]>;
  /** Whether the caller still holds the job; if so, for `leaseMs` more. */
  renew(job: ClaimedJob, leaseMs: number): Promise<boolean>;
  /** Ends the job as done. False when the caller lost it. Joins the caller's transaction. */
  finish(job: ClaimedJob, result: Pick<JobRow, 'chosen' | 'timings'>): Promise<boolean>;
  /** Writes down how an attempt ended that made nothing. False when the caller lost the job. */
  settle(job: ClaimedJob, ending: Ending): Promise<boolean>;
  /** Notes the bytes the job works on, or how far its transfer is. */
  note(job: ClaimedJob, what: { progress: JobProgress } | { sourceHash: string }): Promise<void>;
  /** Gives the job back untouched, as if it had not been claimed. */
  release(job: ClaimedJob): Promise<void>;
  /**
   * Gives a costly job back, to be taken after those whose turn comes within `ms`. False when none of them is due, or
   * when it let others pass before: it goes on then.
   */
  letPass(job: ClaimedJob, ms: number): Promise<boolean>;
  /** Newest job of an asset. Read unlocked: whoever decides by it holds the lock of the asset. */
  latest(fileId: number): Promise<JobRow | null>;
  /** The same of many assets at once. */
  latestOf(fileIds: number[]): Promise<Map<number, LatestJob>>;
  /** Of these jobs, those that have not come to an end: queued, or running, be it without a sign of life. */
  open(ids: number[]): Promise<Set<number>>;
}

/** Looked at in one claim; more than that many due jobs of busy assets wait for the next look. */
const CLAIM_WINDOW = 20;

/** @param now milliseconds since the epoch, by the database's clock: leases of several nodes are judged by it */
export function createJobStore(strapi: Core.Strapi, now: () => number): JobStore {
  const jobs = () => strapi.db.query(JOB);
  const held = (job: ClaimedJob) => ({ id: job.id, state: 'running', leaseToken: job.leaseToken });
  const update = async (job: ClaimedJob, data: Partial<JobRow>): Promise<boolean> => {
    const stamped = { ...data, updatedAt: new Date(now()) };
    return (await jobs().updateMany({ where: held(job), data: stamped })).count === 1;
  };

  const dueAt = (at: Date, engines: readonly EngineName[] | undefined, inHand: readonly ClaimedJob[] = []) => ({
    ...(inHand.length > 0 ? { fileId: { $notIn: inHand.map(({ fileId }) => fileId) } } : {}),
    ...(engines ? { engine: { $in: engines } } : {}),
    $or: [
      { state: 'queued', runAt: { $lte: at } },
      { state: 'running', leaseUntil: { $lt: at } },
    ],
  });
  const inTurn = [{ priority: 'asc' }, { turnAt: 'asc' }, { id: 'asc' }];

  const due = async (
    at: Date,
    inHand: readonly ClaimedJob[],
    engines: readonly EngineName[] | undefined,
  ): Promise<JobRow[]> =>
    (await jobs().findMany({
      where: dueAt(at, engines, inHand),
      orderBy: inTurn,
      limit: CLAIM_WINDOW,
    })) as JobRow[];

  const isBusy = async (fileId: number, at: Date): Promise<boolean> =>
    (await jobs().count({ where: { fileId, state: 'running', leaseUntil: { $gte: at } } })) > 0;

  /**
   * The asset's lock lets no two of its jobs run beside each other; the condition on state and attempts makes exactly
   * one of several claimants win.
   */
  const take = (job: JobRow, leaseMs: number): Promise<ClaimedJob | null> =>
    inTransaction(strapi, async (scope) => {
      const file = await lockFile(strapi, scope, job.fileId);
      const at = new Date(now());
      if (!file || (await isBusy(job.fileId, at))) return null;
      const leaseToken = randomUUID();
      const data = {
        state: 'running' as const,
        leaseToken,
        leaseUntil: new Date(at.getTime() + leaseMs),
        attempts: job.attempts + 1,
        startedAt: at,
        updatedAt: at,
      };
      const where = { id: job.id, state: job.state, attempts: job.attempts };
      if ((await jobs().updateMany({ where, data })).count !== 1) return null;
      // As it is now: a plan may have added presets since it was found to be due.
      return { ...((await jobs().findOne({ where: { id: job.id } })) as JobRow), leaseToken };
    });

  return {
    async claim(leaseMs, inHand = [], engines) {
      for (const job of await due(new Date(now()), inHand, engines)) {
        const claimed = await take(job, leaseMs);
        if (claimed) return claimed;
      }
      return null;
    },

    async claimById(id, leaseMs, engines, inHand) {
      const where = { id, ...dueAt(new Date(now()), engines, inHand) };
      const job = (await jobs().findOne({ where })) as JobRow | null;
      return job && (await take(job, leaseMs));
    },

    due: async (engines, limit) =>
      (await jobs().findMany({
        select: ['id', 'priority'],
        where: dueAt(new Date(now()), engines),
        orderBy: inTurn,
        limit,
      })) as DueJob[],

    renew: (job, leaseMs) => update(job, { leaseUntil: new Date(now() + leaseMs) }),

    finish: (job, result) =>
      update(job, {
        ...result,
        ...ENDED,
        state: 'done',
        waits: 0,
        reasonCode: null,
        reasonMessage: null,
        finishedAt: new Date(now()),
      }),

    settle: (job, ending) => {
      const { state, code: reasonCode, message: reasonMessage } = ending;
      const when =
        ending.state === 'queued'
          ? { runAt: ending.runAt, attempts: ending.attempts, waits: ending.waits }
          : { finishedAt: new Date(now()) };
      return update(job, { ...ENDED, state, reasonCode, reasonMessage, ...when });
    },

    async note(job, what) {
      await update(job, what);
    },

    async release(job) {
      await update(job, { ...ENDED, state: 'queued', attempts: job.attempts - 1 });
    },

    async letPass(job, ms) {
      const at = now();
      const hasPassed = timeOf(job.turnAt) - timeOf(job.createdAt) >= LEAST_PASS_MS;
      const turnAt = new Date(at + Math.max(ms, LEAST_PASS_MS));
      const others = { state: 'queued', runAt: { $lte: new Date(at) }, turnAt: { $lt: turnAt }, id: { $ne: job.id } };
      if (hasPassed || (await jobs().count({ where: others })) === 0) return false;
      return update(job, { ...ENDED, state: 'queued', attempts: job.attempts - 1, turnAt });
    },

    latest: (fileId) =>
      strapi.db
        .queryBuilder(JOB)
        .select('*')
        .where({ fileId })
        .orderBy({ id: 'desc' })
        .first()
        .execute<JobRow | null>(),

    async latestOf(fileIds) {
      if (fileIds.length === 0) return new Map();
      const rows = (await jobs().findMany({
        select: ['id', 'fileId', 'state', 'ask', 'version', 'presets', 'reasonCode'],
        where: { fileId: { $in: fileIds } },
        orderBy: { id: 'asc' },
      })) as LatestJob[];
      return new Map(rows.map((row) => [row.fileId, row]));
    },

    async open(ids) {
      if (ids.length === 0) return new Set();
      const where = { id: { $in: ids }, state: { $in: ['queued', 'running'] } };
      const rows = (await jobs().findMany({ select: ['id'], where })) as Pick<JobRow, 'id'>[];
      return new Set(rows.map((row) => row.id));
    },
  };
}

/** A job's turn is when it was planned, or later by this at least when it let others pass. */
const LEAST_PASS_MS = 1000;

const timeOf = (at: Date | string | number): number => new Date(at).getTime();

/** Nobody holds it any more. */
const ENDED = { leaseToken: null, leaseUntil: null, progress: null } as const;
