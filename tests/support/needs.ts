import { appendFileSync } from 'node:fs';

/**
 * `describe` where something the tests need is there, `describe.skip` where it is not; `npm test` then says at its end
 * what was left out and how to get it run.
 * @param what What was skipped and how to enable it, one line.
 */
export function describeIf(available: boolean, what: string): jest.Describe {
  if (available) return describe;
  if (process.env.CUTOUT_SKIPS) appendFileSync(process.env.CUTOUT_SKIPS, `${what}\n`);
  return describe.skip;
}
