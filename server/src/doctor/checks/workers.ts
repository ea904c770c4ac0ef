import { type Check, count, finding, LIMIT_MS, well } from '../check';

/** The children that pictures are made in, since this process started. */
export const workers: Check = {
  id: 'workers',
  limitMs: LIMIT_MS,
  async look({ app: { pool, config } }) {
    const { children, crashed, stopped, replaced } = pool.report();
    const facts = [
      count('children', children),
      count('most', config.local.workers),
      count('crashed', crashed),
      count('stopped', stopped),
      count('replaced', replaced),
    ];
    return crashed > 0 ? finding('warning', 'workers.end', facts) : well(facts);
  },
};
