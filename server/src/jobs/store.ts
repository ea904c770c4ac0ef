import { randomUUID } from 'node:crypto';
import type { Core } from '@strapi/strapi';
import { lockFile, lockFreeFile } from '../assets/formats';
import { JOB, type JobProgress, type JobRow } from '../tables/jobs';
import { canSkipLocked, inTransaction } from '../transaction';
import { engineName, type EngineName, type JobState } from '../words';
import { comesBefore, type DueJob, findDue, isDue } from './due';
import type { ClaimedJob } from './queue';
import type { Ending } from './ending';
import { newestJobs } from './newest';

/** What a decision needs to know of an asset's newest job. */
export type LatestJob = Pick<
  JobRow,
  'id' | 'fileId' | 'state' | 'ask' | 'version' | 'presets' | 'reasonCode' | 'composeOnly'
>;

export interface JobStore {
  /**
   * Of the due jobs, the one of the first priority whose turn came first and whose asset no other job is working on,
   * leased to the caller; null when there is none.
   * @param inHand what the caller runs: alive whatever the clock says, which may have been turned
   * @param engines those whose jobs the caller can do; all when left out
   */
  claim(leaseMs: number, inHand?: readonly ClaimedJob[], engines?: readonly EngineName[]): Promise<ClaimedJob | null>;
  /** That one job, if it is due and no other job is working on its asset; else null. */
  claimById(
    id: number,
    leaseMs: number,
    engines?: readonly EngineName[],
    inHand?: readonly ClaimedJob[],
  ): Promise<ClaimedJob | null>;
  /** Due jobs of these engines, those that go first in front; `limit` of each priority at most. */
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
   * when it let others pass before, or waited: it goes on then. It lets nobody pass who can wait longer than it.
   */
  letPass(job: ClaimedJob, ms: number): Promise<boolean>;
  /** Newest job of an asset. Read unlocked: whoever decides by it holds the lock of the asset. */
  latest(fileId: number): Promise<JobRow | null>;
  /** The same of many assets at once. Not within a transaction. */
  newestOf(fileIds: readonly number[]): Promise<Map<number, JobRow>>;
  /** Of it, what decisions go by; joins the transaction under way. */
  latestOf(fileIds: readonly number[]): Promise<Map<number, LatestJob>>;
  /** Of these jobs, those that have not come to an end: queued, or running, be it without a sign of life. */
  open(ids: number[]): Promise<Set<number>>;
  /** Of these jobs, those that a person cancelled. */
  cancelled(ids: number[]): Promise<Set<number>>;
}

/** Looks of one claim that others were faster at each time: then somebody makes headway, and the next claim looks on. */
const MOST_LOOKS = 10;

/** @param now milliseconds since the epoch, by the database's clock: leases of several nodes are judged by it */
export function createJobStore(strapi: Core.Strapi, now: () => number): JobStore {
  const jobs = () => strapi.db.query(JOB);
  const held = (job: ClaimedJob) => ({ id: job.id, state: 'running', leaseToken: job.leaseToken });
  const update = async (job: ClaimedJob, data: Partial<JobRow>): Promise<boolean> => {
    const stamped = { ...data, updatedAt: new Date(now()) };
    return (await jobs().updateMany({ where: held(job), data: stamped })).count === 1;
  };

  const isBusy = async (fileId: number, at: Date): Promise<boolean> =>
    (await jobs().count({ where: { fileId, state: 'running', leaseUntil: { $gte: at } } })) > 0;

  /** Takes a job whose asset's lock the transaction has. The conditions make one of several claimants win. */
  const takeLocked = async (job: DueJob, leaseMs: number): Promise<ClaimedJob | null> => {
    const at = new Date(now());
    if (await isBusy(job.fileId, at)) return null;
    const leaseToken = randomUUID();
    const data = {
      state: 'running' as const,
      leaseToken,
      leaseUntil: new Date(at.getTime() + leaseMs),
      attempts: job.attempts + 1,
      startedAt: at,
      updatedAt: at,
    };
    const { id, state, attempts } = job;
    const stillDue = state === 'queued' ? { runAt: { $lte: at } } : { leaseUntil: { $lt: at } };
    if ((await jobs().updateMany({ where: { id, state, attempts, ...stillDue }, data })).count !== 1) return null;
    // As it is now: a plan may have added presets since it was found to be due.
    return { ...((await jobs().findOne({ where: { id } })) as JobRow), leaseToken };
  };

  /** The asset's lock lets no two of its jobs run beside each other. */
  const take = (job: DueJob, leaseMs: number): Promise<ClaimedJob | null> =>
    inTransaction(strapi, async (scope) =>
      (await lockFile(strapi, scope, job.fileId)) ? takeLocked(job, leaseMs) : null,
    );

  /** The same, but where somebody else has the lock it is left to a later try. */
  const takeFree = (job: DueJob, leaseMs: number): Promise<ClaimedJob | null | 'locked'> =>
    inTransaction(strapi, async (scope) =>
      (await lockFreeFile(strapi, scope, job.fileId)) ? takeLocked(job, leaseMs) : 'locked',
    );

  const inStates = async (ids: number[], states: JobState[]): Promise<Set<number>> => {
    if (ids.length === 0) return new Set();
    const where = { id: { $in: ids }, state: { $in: states } };
    const rows = (await jobs().findMany({ select: ['id'], where })) as Pick<JobRow, 'id'>[];
    return new Set(rows.map((row) => row.id));
  };

  let skips: Promise<boolean> | null = null;
  const maySkip = (): Promise<boolean> => {
    skips ??= canSkipLocked(strapi).catch((error: unknown) => {
      skips = null;
      throw error;
    });
    return skips;
  };

  /** Claimants that come at once find the same jobs: each goes on to one that nobody else is at, and waits only then. */
  const takeOneOf = async (due: DueJob[], leaseMs: number): Promise<ClaimedJob | null> => {
    let left = due;
    if (due.length > 0 && (await maySkip())) {
      left = [];
      for (const job of due) {
        const taken = await takeFree(job, leaseMs);
        if (taken === 'locked') left.push(job);
        else if (taken) return taken;
      }
    }
    for (const job of left) {
      const taken = await take(job, leaseMs);
      if (taken) return taken;
    }
    return null;
  };

  return {
    async claim(leaseMs, inHand = [], engines = engineName.options) {
      const notOf = inHand.map(({ fileId }) => fileId);
      for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
        const due = await findDue(strapi, { at: new Date(now()), engines, notOf });
        if (due.length === 0) return null;
        const claimed = await takeOneOf(due, leaseMs);
        if (claimed) return claimed;
      }
      return null;
    },

    async claimById(id, leaseMs, engines = engineName.options, inHand = []) {
      const notOf = inHand.map(({ fileId }) => fileId);
      const job = await isDue(strapi, id, { at: new Date(now()), engines, notOf });
      return job && take(job, leaseMs);
    },

    due: (engines, limit) => findDue(strapi, { at: new Date(now()), engines, notOf: [], limit }),

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
          ? { runAt: ending.runAt, turnAt: ending.runAt, attempts: ending.attempts, waits: ending.waits }
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
      if (hasPassed || !(await comesBefore(strapi, job, { at: new Date(at), turnAt }))) return false;
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

    async newestOf(fileIds) {
      const ids = [...(await newestJobs(strapi, fileIds)).values()];
      if (ids.length === 0) return new Map();
      const rows = (await jobs().findMany({ where: { id: { $in: ids } } })) as JobRow[];
      return new Map(rows.map((row) => [row.fileId, row]));
    },

    async latestOf(fileIds) {
      if (fileIds.length === 0) return new Map();
      // All of them by one query of Strapi's, which joins the transaction under way.
      const rows = (await jobs().findMany({
        select: ['id', 'fileId', 'state', 'ask', 'version', 'presets', 'reasonCode', 'composeOnly'],
        where: { fileId: { $in: [...fileIds] } },
        orderBy: { id: 'asc' },
      })) as LatestJob[];
      return new Map(rows.map((row) => [row.fileId, row]));
    },

    open: (ids) => inStates(ids, ['queued', 'running']),
    cancelled: (ids) => inStates(ids, ['cancelled']),
  };
}

/** A job's turn is when it was planned, or later by this at least when it let others pass. */
const LEAST_PASS_MS = 1000;

const timeOf = (at: Date | string | number): number => new Date(at).getTime();

/** Nobody holds it any more. */
const ENDED = { leaseToken: null, leaseUntil: null, progress: null } as const;
