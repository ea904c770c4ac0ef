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
  /** The same of many: what is counted takes no more queries than of one; a running one takes one for its pace. */
  views(runs: readonly BulkRunRow[]): Promise<BulkView[]>;
}

const SHOWN = 50;
/** So many of a run's last jobs tell its pace. */
const PACED = 50;
const NO_JOBS: BulkJobs = { queued: 0, running: 0, done: 0, skipped: 0, failed: 0, held: 0, cancelled: 0 };

export function createRuns(strapi: Core.Strapi, now: () => number): Runs {
  const runs = () => strapi.db.query(BULK_RUN);

  /** Strapi's query builder does not group. */
  const jobsOf = async (ids: readonly number[]): Promise<Map<number, BulkJobs>> => {
    const rows = await strapi.db
      .getConnection('cutout_jobs')
      .whereIn('bulk', ids)
      .groupBy('bulk', 'state')
      .select('bulk', 'state')
      .count<{ bulk: number; state: keyof BulkJobs; count: number | string }[]>({ count: '*' });
    const counted = new Map(ids.map((id) => [id, { ...NO_JOBS }]));
    for (const { bulk, state, count } of rows) counted.get(bulk)![state] = Number(count);
    return counted;
  };
  const jobs = async (id: number): Promise<BulkJobs> => (await jobsOf([id])).get(id)!;

  const creditsOf = async (ids: readonly number[]): Promise<Map<number, number>> => {
    const rows = await strapi.db
      .getConnection('cutout_ledger')
      .whereIn('bulk', ids.map(String))
      .whereIn('outcome', ['reserved', 'charged', 'unknown'])
      .groupBy('bulk')
      .select('bulk')
      .sum<{ bulk: string; sum: number | string | null }[]>({ sum: 'credits' });
    return new Map(rows.map(({ bulk, sum }) => [Number(bulk), Number(sum ?? 0)]));
  };
  const credits = async (id: number): Promise<number> => (await creditsOf([id])).get(id) ?? 0;

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

  const views = async (rows: readonly BulkRunRow[]): Promise<BulkView[]> => {
    const ids = rows.map(({ id }) => id);
    const [counted, spent] = [await jobsOf(ids), await creditsOf(ids)];
    return Promise.all(
      rows.map(async (run) => {
        const perMinute = run.state === 'running' ? await pace(run.id) : null;
        return viewOf(run, { jobs: counted.get(run.id)!, credits: spent.get(run.id) ?? 0, perMinute }, now());
      }),
    );
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
    view: async (run) => (await views([run]))[0]!,
    views,
  };
}

type Counted = Pick<BulkView, 'jobs' | 'credits' | 'perMinute'>;

function viewOf(run: BulkRunRow, { jobs, credits, perMinute }: Counted, now: number): BulkView {
  const ended = jobs.done + jobs.skipped + jobs.failed + jobs.held + jobs.cancelled;
  const left = Math.max(jobs.queued + jobs.running, run.exhausted ? 0 : run.plan.make - ended);
  return {
    id: run.id,
    state: run.state,
    ending: run.ending,
    reason: run.reasonCode === null ? null : { code: run.reasonCode, message: run.reasonMessage ?? '' },
    request: run.request,
    plan: run.plan,
    jobs,
    credits,
    perMinute,
    doneAt: perMinute ? iso(now + (left / perMinute) * 60_000) : null,
    createdAt: iso(run.createdAt),
    startedAt: run.startedAt === null ? null : iso(run.startedAt),
    finishedAt: run.finishedAt === null ? null : iso(run.finishedAt),
  };
}

const timeOf = (at: Date | string | number): number => new Date(at).getTime();
const iso = (at: Date | string | number): string => new Date(at).toISOString();
