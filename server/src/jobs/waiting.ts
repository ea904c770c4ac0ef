import type { Core } from '@strapi/strapi';
import { JUMP_MS } from '../clock';
import { JOB, type JobRow } from '../tables/jobs';

/** The jobs that wait for a reason to pass, or for a person, seen by their reasons. */
export interface Waiting {
  /** Codes that queued jobs wait for. */
  codes(): Promise<Set<string>>;
  /** How many jobs wait for each reason (`queued`), or because of it for a person (`held`). */
  counts(): Promise<WaitingCount[]>;
  /** All jobs that wait for one of these are due now: the reason is gone. Resolves to how many. */
  lookAgain(codes: readonly string[]): Promise<number>;
  /** All queued jobs are due now, whatever they wait for: the times they wait until mean nothing any more. */
  endPauses(): Promise<number>;
  /**
   * Puts right what was written by a clock that has gone back since: who waits looks again, and who holds a job has
   * `leaseMs` to say so once more, or it is taken over. Resolves to how many jobs.
   */
  putTimesRight(leaseMs: number): Promise<number>;
  /** One job of each of these codes is due now, the longest waiting one: if it gets through, it wakes the others. */
  scout(codes: readonly string[]): Promise<void>;
  /** Jobs held for this reason over these bytes are due again: what a person was to decide has settled itself. */
  unhold(code: string, sourceHash: string): Promise<number>;
}

export interface WaitingCount {
  state: 'queued' | 'held';
  code: string;
  count: number;
}

interface CountRow {
  state: WaitingCount['state'];
  reason_code: string;
  count: number | string;
}

export function createWaiting(strapi: Core.Strapi, now: () => number): Waiting {
  const jobs = () => strapi.db.query(JOB);
  const waiting = (codes: readonly string[]) => ({ state: 'queued', reasonCode: { $in: codes } });
  const dueNow = () => {
    const at = new Date(now());
    return { runAt: at, turnAt: at, updatedAt: at };
  };
  /** The first code after `last` that a queued job waits for: one look into an index, however many wait. */
  const nextCode = async (last: string): Promise<string | null> => {
    const [row] = await strapi.db
      .getConnection('cutout_jobs')
      .select<{ reason_code: string }[]>('reason_code')
      .where({ state: 'queued' })
      .where('reason_code', '>', last)
      .orderBy('reason_code')
      .limit(1);
    return row?.reason_code ?? null;
  };

  return {
    async codes() {
      const codes = new Set<string>();
      for (let code = await nextCode(''); code !== null; code = await nextCode(code)) codes.add(code);
      return codes;
    },

    async counts() {
      const query = strapi.db
        .getConnection('cutout_jobs')
        .select('state', 'reason_code')
        .count('* as count')
        .whereIn('state', ['queued', 'held'])
        .whereNotNull('reason_code')
        .groupBy('state', 'reason_code');
      const rows = (await query) as unknown as CountRow[];
      return rows.map(({ state, reason_code: code, count }) => ({ state, code, count: Number(count) }));
    },

    async lookAgain(codes) {
      if (codes.length === 0) return 0;
      const where = { ...waiting(codes), runAt: { $gt: new Date(now()) } };
      return (await jobs().updateMany({ where, data: dueNow() })).count;
    },

    async endPauses() {
      const where = { state: 'queued', runAt: { $gt: new Date(now()) } };
      return (await jobs().updateMany({ where, data: dueNow() })).count;
    },

    async putTimesRight(leaseMs) {
      const ahead = (ms: number) => ({ $gt: new Date(now() + ms + JUMP_MS) });
      const leaseUntil = new Date(now() + leaseMs);
      const [held, queued] = [
        await jobs().updateMany({ where: { state: 'running', leaseUntil: ahead(leaseMs) }, data: { leaseUntil } }),
        await jobs().updateMany({ where: { state: 'queued', updatedAt: ahead(0) }, data: dueNow() }),
      ];
      return held.count + queued.count;
    },

    async scout(codes) {
      for (const code of codes) {
        const [job] = (await jobs().findMany({
          select: ['id'],
          where: waiting([code]),
          orderBy: { runAt: 'asc' },
          limit: 1,
        })) as Pick<JobRow, 'id'>[];
        if (job) await jobs().updateMany({ where: { id: job.id, state: 'queued' }, data: dueNow() });
      }
    },

    async unhold(code, sourceHash) {
      const where = { state: 'held', reasonCode: code, sourceHash };
      return (await jobs().updateMany({ where, data: { state: 'queued', finishedAt: null, ...dueNow() } })).count;
    },
  };
}
