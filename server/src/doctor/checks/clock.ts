import { type Check, duration, type Finding, finding, LIMIT_MS, well } from '../check';

/** What decides goes by the database's clock; logs, signatures and the names of days go by this machine's. */
const MOST_MS = 30_000;

export const clock: Check = {
  id: 'clock',
  limitMs: LIMIT_MS,
  // Looked at every half minute; asking it here would hide a jump from those who put times right after one.
  look: async ({ app }) => judgeClock(Date.now() - app.clock.now()),
};

/** @param offMs by how much this machine is ahead of the database */
export function judgeClock(offMs: number): Finding {
  const facts = [duration('difference', Math.round(offMs))];
  return Math.abs(offMs) > MOST_MS ? finding('warning', 'clock.differs', facts) : well(facts);
}
