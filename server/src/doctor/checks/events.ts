import { EVENT, type EventRow } from '../../tables/events';
import { type Check, count, duration, type Finding, finding, LIMIT_MS, well } from '../check';

/** A receiver that is restarted is back by then. */
const LONG_MS = 15 * 60_000;

/** Events that webhooks and listeners have yet to be told of. */
export const events: Check = {
  id: 'events',
  limitMs: LIMIT_MS,
  async look({ strapi, app }) {
    const rows = strapi.db.query(EVENT);
    const [waiting, failed, oldest] = await Promise.all([
      rows.count({}),
      rows.count({ where: { tries: { $gt: 0 } } }),
      rows.findMany({ orderBy: { id: 'asc' }, limit: 1 }) as Promise<(EventRow & { createdAt: string })[]>,
    ]);
    const age = oldest[0] ? Math.max(0, app.clock.now() - new Date(oldest[0].createdAt).getTime()) : null;
    return judgeEvents(waiting, failed, age);
  },
};

export function judgeEvents(waiting: number, failed: number, oldestMs: number | null): Finding {
  const age = oldestMs === null ? [] : [duration('oldest', oldestMs)];
  const facts = [count('waiting', waiting), count('tried', failed), ...age];
  return (oldestMs ?? 0) > LONG_MS ? finding('warning', 'events.waiting', facts) : well(facts);
}
