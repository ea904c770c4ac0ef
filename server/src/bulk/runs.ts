import type { Core } from '@strapi/strapi';
import type { BulkJobs, BulkPlan, BulkRequest, BulkView } from '../bulk-words';
import { CutoutError } from '../errors';
import { BULK_RUN, type BulkRunRow } from '../tables/bulk-runs';
import { JOB } from '../tables/jobs';

/** The rows of bulk runs, and what is counted of their jobs. */
export interface Runs {
  create(request: BulkRequest, plan: BulkPlan): Promise<BulkRunRow>;
  /** @throws CutoutError `bulk.missing` */
  find(id: number): Promise<BulkRunRow>;
  /** The newest first. */
  list(): Promise<BulkRunRow[]>;
  /** Those that have something to be done. */
  underWay(): Promise<BulkRunRow[]>;
  /**
   * Changes a run if it still is in one of these states and comes to no end.
   * @param lastFile where it must still stand too
   * @returns whether it was so
   */
  change(
    id: number,
    from: readonly BulkRunRow['state'][],
    data: Partial<BulkRunRow>,
    lastFile?: number,
  ): Promise<boolean>;
  jobs(id: number): Promise<BulkJobs>;
  /** Credits that its jobs have cost, or may have. */
  credits(id: number): Promise<number>;
  view(run: BulkRunRow): Promise<BulkView>;
}

const SHOWN = 50;
/** So many of a run's last jobs tell its pace. */
const PACED = 50;
const NO_JOBS: BulkJobs = { queued: 0, running: 0, done: 0, skipped: 0, failed: 0, held: 0, cancelled: 0 };

export function createRuns(strapi: Core.Strapi, now: () => number): Runs {
  const runs = () => strapi.db.query(BULK_RUN);

  const jobs = async (id: number): Promise<BulkJobs> => {
    // Strapi's query builder does not group.
    const rows = await strapi.db
      .getConnection('cutout_jobs')
      .where({ bulk: id })
      .groupBy('state')
      .select('state')
      .count<{ state: keyof BulkJobs; count: number | string }[]>({ count: '*' });
    return { ...NO_JOBS, ...Object.fromEntries(rows.map(({ state, count }) => [state, Number(count)])) };
  };

  const credits = async (id: number): Promise<number> => {
    const [row] = await strapi.db
      .getConnection('cutout_ledger')
      .where({ bulk: String(id) })
      .whereIn('outcome', ['reserved', 'charged', 'unknown'])
      .sum<{ sum: number | string | null }[]>({ sum: 'credits' });
    return Number(row?.sum ?? 0);
  };

  /** Jobs per minute between the ends of the last ones; null before there are two. */
  const pace = async (id: number): Promise<number | null> => {
    const last = (await strapi.db.query(JOB).findMany({
      select: ['finishedAt'],
      where: { bulk: id, state: { $in: ['done', 'skipped', 'failed'] } },
      orderBy: { finishedAt: 'desc' },
      limit: PACED,
    })) as { finishedAt: Date | string | number }[];
    if (last.length < 2) return null;
    const [newest, oldest] = [timeOf(last[0]!.finishedAt), timeOf(last.at(-1)!.finishedAt)];
    return newest > oldest ? ((last.length - 1) / (newest - oldest)) * 60_000 : null;
  };

  const find = async (id: number): Promise<BulkRunRow> => {
    const run = (await runs().findOne({ where: { id } })) as BulkRunRow | null;
    if (!run) throw new CutoutError('bulk.missing', `There is no bulk run ${id}.`);
    return run;
  };

  return {
    async create(request, plan) {
      const at = new Date(now());
      const data = { state: 'planned', request, plan, lastFile: 0, exhausted: false, createdAt: at, updatedAt: at };
      return (await runs().create({ data })) as BulkRunRow;
    },
    find,
    list: async () => (await runs().findMany({ orderBy: { id: 'desc' }, limit: SHOWN })) as BulkRunRow[],
    underWay: async () =>
      (await runs().findMany({
        where: { $or: [{ state: 'running' }, { state: { $in: ['planned', 'paused'] }, ending: { $notNull: true } }] },
        orderBy: { id: 'asc' },
      })) as BulkRunRow[],
    async change(id, from, data, lastFile) {
      const where = { id, state: { $in: from }, ending: null, ...(lastFile === undefined ? {} : { lastFile }) };
      return (await runs().updateMany({ where, data: { ...data, updatedAt: new Date(now()) } })).count === 1;
    },
    jobs,
    credits,
    async view(run) {
      const counted = await jobs(run.id);
      const perMinute = run.state === 'running' ? await pace(run.id) : null;
      const ended = counted.done + counted.skipped + counted.failed + counted.held + counted.cancelled;
      const left = Math.max(counted.queued + counted.running, run.exhausted ? 0 : run.plan.make - ended);
      return {
        id: run.id,
        state: run.state,
        ending: run.ending,
        reason: run.reasonCode === null ? null : { code: run.reasonCode, message: run.reasonMessage ?? '' },
        request: run.request,
        plan: run.plan,
        jobs: counted,
        credits: await credits(run.id),
        perMinute,
        doneAt: perMinute ? iso(now() + (left / perMinute) * 60_000) : null,
        createdAt: iso(run.createdAt),
        startedAt: run.startedAt === null ? null : iso(run.startedAt),
        finishedAt: run.finishedAt === null ? null : iso(run.finishedAt),
      };
    },
  };
}

const timeOf = (at: Date | string | number): number => new Date(at).getTime();
const iso = (at: Date | string | number): string => new Date(at).toISOString();
