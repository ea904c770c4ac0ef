import { JOB, type JobRow } from '../../tables/jobs';
import { type Check, count, duration, type Finding, finding, LIMIT_MS, textFact, well } from '../check';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Due for so long while nothing runs: nobody takes jobs. */
const STUCK_MS = 5 * 60_000;
/** Due for so long although some run: there is more than can be done. */
const SLOW_MS = 60 * 60_000;

export interface QueueFigures {
  driver: string;
  /** Could run now. */
  due: number;
  /** Wait for a reason to pass, or for their next try. */
  later: number;
  running: number;
  held: number;
  /** Of the last day. */
  failed: number;
  oldestDueMs: number | null;
}

export const queue: Check = {
  id: 'queue',
  limitMs: LIMIT_MS,
  async look({ strapi, app: { clock, config } }) {
    const jobs = strapi.db.query(JOB);
    const now = clock.now();
    const due = { state: 'queued', runAt: { $lte: new Date(now) } };
    const lastDay = { state: 'failed', updatedAt: { $gte: new Date(now - DAY_MS) } };
    const oldest = { select: ['runAt'], where: due, orderBy: { runAt: 'asc' }, limit: 1 } as const;
    const [ready, queued, running, held, failed, rows] = await Promise.all([
      jobs.count({ where: due }),
      jobs.count({ where: { state: 'queued' } }),
      jobs.count({ where: { state: 'running' } }),
      jobs.count({ where: { state: 'held' } }),
      jobs.count({ where: lastDay }),
      jobs.findMany({ ...oldest, select: [...oldest.select] }) as Promise<Pick<JobRow, 'runAt'>[]>,
    ]);
    const oldestDueMs = rows[0] ? Math.max(0, now - new Date(rows[0].runAt).getTime()) : null;
    const later = Math.max(0, queued - ready);
    return judgeQueue({ driver: config.queue.driver, due: ready, later, running, held, failed, oldestDueMs });
  },
};

export function judgeQueue({ driver, due, later, running, held, failed, oldestDueMs }: QueueFigures): Finding {
  const facts = [
    textFact('driver', driver),
    count('due', due),
    count('later', later),
    count('running', running),
    count('held', held),
    count('failed', failed),
    ...(oldestDueMs === null ? [] : [duration('oldest', oldestDueMs)]),
  ];
  const age = oldestDueMs ?? 0;
  if (age > STUCK_MS && running === 0) return finding('error', 'queue.stuck', facts);
  if (age > SLOW_MS) return finding('warning', 'queue.slow', facts);
  if (held > 0) return finding('warning', 'queue.held', facts);
  return failed > 0 ? finding('warning', 'queue.failed', facts) : well(facts);
}
