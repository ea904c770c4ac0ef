import { randomUUID } from 'node:crypto';
import type { Core } from '@strapi/strapi';
import { JOB, type JobProgress, type JobRow } from '../tables/jobs';
import { inTransaction } from '../transaction';
import { lockFile } from '../assets/formats';
import type { ClaimedJob } from './queue';
import type { Verdict } from './retry';

export interface JobStore {
  /** The oldest due job whose asset no other job is working on, leased to the caller; null when there is none. */
  claim(leaseMs: number): Promise<ClaimedJob | null>;
  /** Whether the caller still holds the job; if so, for `leaseMs` more. */
  renew(job: ClaimedJob, leaseMs: number): Promise<boolean>;
  /** Ends the job as done. False when the caller lost it. Joins the caller's transaction. */
  finish(job: ClaimedJob, result: Pick<JobRow, 'chosen' | 'timings'>): Promise<boolean>;
  /** Writes down how an attempt ended that made nothing. */
  settle(job: ClaimedJob, verdict: Verdict): Promise<void>;
  /** How far the job's transfer is, for whoever looks. */
  note(job: ClaimedJob, progress: JobProgress): Promise<void>;
  /** Gives the job back untouched, as if it had not been claimed. */
  release(job: ClaimedJob): Promise<void>;
  /** Newest job of an asset, as it is now: in a transaction its row is locked, and not read from a snapshot. */
  latest(fileId: number): Promise<JobRow | null>;
  /** Of these jobs, those that are being worked on right now. */
  alive(ids: number[]): Promise<Set<number>>;
  /** Of these jobs, those that have not come to an end: queued, or running, be it without a sign of life. */
  open(ids: number[]): Promise<Set<number>>;
  /** Runs jobs now that failed, or wait, for a reason that may be gone after a restart. */
  revive(codes: string[]): Promise<number>;
}

/** Looked at in one claim; more than that many due jobs of busy assets wait for the next look. */
const CLAIM_WINDOW = 20;

export function createJobStore(strapi: Core.Strapi, now: () => Date = () => new Date()): JobStore {
  const jobs = () => strapi.db.query(JOB);
  const held = (job: ClaimedJob) => ({ id: job.id, state: 'running', leaseToken: job.leaseToken });

  const due = async (at: Date): Promise<JobRow[]> =>
    (await jobs().findMany({
      where: {
        $or: [
          { state: 'queued', runAt: { $lte: at } },
          { state: 'running', leaseUntil: { $lt: at } },
        ],
      },
      orderBy: { id: 'asc' },
      limit: CLAIM_WINDOW,
    })) as JobRow[];

  const isBusy = async (fileId: number, at: Date): Promise<boolean> =>
    (await jobs().count({ where: { fileId, state: 'running', leaseUntil: { $gte: at } } })) > 0;

  /**
   * The asset's lock lets no two of its jobs run beside each other; the condition on state and attempts makes exactly
   * one of several claimants win.
   */
  const take = (job: JobRow, at: Date, leaseMs: number): Promise<ClaimedJob | null> =>
    inTransaction(strapi, async () => {
      const file = await lockFile(strapi, job.fileId);
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
    async claim(leaseMs) {
      const at = now();
      for (const job of await due(at)) {
        const claimed = await take(job, at, leaseMs);
        if (claimed) return claimed;
      }
      return null;
    },

    async renew(job, leaseMs) {
      const at = now();
      const data = { leaseUntil: new Date(at.getTime() + leaseMs), updatedAt: at };
      const { count } = await jobs().updateMany({ where: held(job), data });
      return count === 1;
    },

    async finish(job, result) {
      const at = now();
      const data = {
        ...result,
        state: 'done',
        leaseToken: null,
        leaseUntil: null,
        reasonCode: null,
        reasonMessage: null,
        progress: null,
        finishedAt: at,
        updatedAt: at,
      };
      const { count } = await jobs().updateMany({ where: held(job), data });
      return count === 1;
    },

    async settle(job, verdict) {
      const at = now();
      const data = {
        state: verdict.state,
        reasonCode: verdict.code,
        reasonMessage: verdict.message,
        leaseToken: null,
        leaseUntil: null,
        updatedAt: at,
        ...(verdict.state === 'queued' ? { runAt: verdict.runAt, attempts: verdict.attempts } : { finishedAt: at }),
        progress: null,
      };
      await jobs().updateMany({ where: held(job), data });
    },

    async note(job, progress) {
      await jobs().updateMany({ where: held(job), data: { progress } });
    },

    async release(job) {
      const data = {
        state: 'queued',
        attempts: job.attempts - 1,
        leaseToken: null,
        leaseUntil: null,
        updatedAt: now(),
      };
      await jobs().updateMany({ where: held(job), data });
    },

    async latest(fileId) {
      const query = strapi.db.queryBuilder(JOB).select('*').where({ fileId }).orderBy({ id: 'desc' }).first();
      if (strapi.db.inTransaction()) query.forUpdate();
      return query.execute<JobRow | null>();
    },

    async alive(ids) {
      if (ids.length === 0) return new Set();
      const where = { id: { $in: ids }, state: 'running', leaseUntil: { $gte: now() } };
      const rows = (await jobs().findMany({ select: ['id'], where })) as Pick<JobRow, 'id'>[];
      return new Set(rows.map((row) => row.id));
    },

    async open(ids) {
      if (ids.length === 0) return new Set();
      const where = { id: { $in: ids }, state: { $in: ['queued', 'running'] } };
      const rows = (await jobs().findMany({ select: ['id'], where })) as Pick<JobRow, 'id'>[];
      return new Set(rows.map((row) => row.id));
    },

    async revive(codes) {
      const where = { state: { $in: ['failed', 'queued'] }, reasonCode: { $in: codes } };
      const data = { state: 'queued', attempts: 0, runAt: now(), finishedAt: null, updatedAt: now() };
      return (await jobs().updateMany({ where, data })).count;
    },
  };
}
