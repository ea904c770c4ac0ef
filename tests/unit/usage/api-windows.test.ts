import { parseConfig } from '../../../server/src/config';
import { cycleAt, cyclesSince, keptSince, monthOf } from '../../../server/src/usage/api-windows';

const at = (text: string) => Date.parse(`${text}Z`);
const shown = ({ start, end }: { start: number; end: number }) => [start, end].map((ms) => new Date(ms).toISOString());

describe('a cycle', () => {
  it.each([
    ['2026-03-07T00:00:00.000', 7, '2026-03-07', '2026-04-07'],
    ['2026-03-06T23:59:59.999', 7, '2026-02-07', '2026-03-07'],
    ['2026-01-03T12:00:00.000', 28, '2025-12-28', '2026-01-28'],
    ['2024-02-29T12:00:00.000', 28, '2024-02-28', '2024-03-28'],
    ['2026-12-31T23:00:00.000', 1, '2026-12-01', '2027-01-01'],
    ['2026-12-31T23:00:00.000', null, '2026-12-01', '2027-01-01'],
  ])('that %s lies in, begun on day %s, is %s to %s', (moment, day, start, end) => {
    expect(shown(cycleAt(at(moment), day))).toEqual([start, end].map((date) => `${date}T00:00:00.000Z`));
  });

  it('follows the one before without a gap, the newest first', () => {
    const cycles = cyclesSince(at('2025-11-01T00:00:00'), at('2026-03-10T08:00:00'), 15);
    expect(cycles.map(({ start }) => new Date(start).toISOString().slice(0, 10))).toEqual([
      '2026-02-15',
      '2026-01-15',
      '2025-12-15',
      '2025-11-15',
    ]);
    for (const [index, { end }] of cycles.slice(1).entries()) expect(end).toBe(cycles[index]!.start);
  });

  it('under way is always among them', () => {
    const now = at('2026-03-10T08:00:00');
    expect(cyclesSince(now, now, 15)).toEqual([cycleAt(now, 15)]);
  });
});

it.each([
  [2024, 2, '2024-02-01', '2024-03-01'],
  [2026, 12, '2026-12-01', '2027-01-01'],
  [1, 1, '0001-01-01', '0001-02-01'],
])('month %s-%s is %s to %s', (year, month, start, end) => {
  expect(shown(monthOf(year, month))).toEqual([start, end].map((date) => `${date}T00:00:00.000Z`));
});

describe('what is kept', () => {
  const since = (keepDays: number, cycleDay: number | null) =>
    new Date(
      keptSince(at('2026-03-10T08:00:00'), parseConfig({ usage: { keepDays }, rembgApi: { cycleDay } })),
    ).toISOString();

  it('goes back so many days', () => expect(since(100, 15)).toBe('2025-11-30T08:00:00.000Z'));
  it('is never less than the month and the cycle under way', () => {
    expect(since(1, null)).toBe('2026-03-01T00:00:00.000Z');
    expect(since(1, 15)).toBe('2026-02-15T00:00:00.000Z');
    expect(since(1, 5)).toBe('2026-03-01T00:00:00.000Z');
  });
});
