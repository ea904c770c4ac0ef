import { clockJumps } from '../proof/cases/clock-jumps';
import { table } from '../proof/report';

test.each([
  ['ahead', 1],
  ['back', -1],
] as const)(
  'a clock that jumps an hour %s keeps nothing waiting',
  async (_way, hours) => {
    const counts = await clockJumps(hours, 3);
    expect(counts.every(({ holds }) => holds) ? '' : table(counts)).toBe('');
  },
  400_000,
);
