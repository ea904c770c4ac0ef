import { csvCell } from '../../../server/src/usage/export';
import { midnightsIn } from '../../../server/src/usage/days';
import { periodOf } from '../../../server/src/usage/period';

it.each([
  ['=1+1', "'=1+1"],
  ['+49', "'+49"],
  ['-2', "'-2"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\tx', "'\tx"],
  ['\rx', '"\'\rx"'],
  ['a,b', '"a,b"'],
  ['say "a"', '"say ""a"""'],
  [-2, '-2'],
  [null, ''],
  ['plain', 'plain'],
])('the cell %j is written as %j', (value, cell) => {
  expect(csvCell(value)).toBe(cell);
});

it('the days of a span end at UTC midnights, the last one’s left out', () => {
  const iso = (startsAt: string, endsAt: string) =>
    midnightsIn({ startsAt: Date.parse(startsAt), endsAt: Date.parse(endsAt) }).map((at) => new Date(at).toISOString());
  expect(iso('2026-11-01T00:00:00Z', '2026-11-03T00:00:00Z')).toEqual(['2026-11-02T00:00:00.000Z']);
  expect(iso('2026-11-01T10:00:00Z', '2026-11-03T10:00:00Z')).toEqual([
    '2026-11-02T00:00:00.000Z',
    '2026-11-03T00:00:00.000Z',
  ]);
  expect(iso('2026-11-01T10:00:00Z', '2026-11-01T11:00:00Z')).toEqual([]);
});

describe('the period that is looked at', () => {
  const [one, two, three] = ['2026-09-15', '2026-10-15', '2026-11-15'].map((day) => Date.parse(`${day}T08:00:00Z`)) as [
    number,
    number,
    number,
  ];
  const current = { startsAt: three, endsAt: Date.parse('2026-12-15T08:00:00Z'), synced: true, projected: false };
  const told = [three, two, one].map((start, index) => ({
    periodStartUnix: start / 1000,
    periodEndUnix: ([current.endsAt, three, two][index] ?? 0) / 1000 - 1,
    appUsage: 0,
    apiUsage: 0,
  }));

  it('is the window under way where none is named, and where its own start is', () => {
    expect(periodOf(null, current, null)).toMatchObject({ ...current, kind: 'cycle', isCurrent: true });
    expect(periodOf({ periodStartUnix: three / 1000 }, current, told)).toMatchObject({ isCurrent: true });
  });

  it('ends where the next cycle of the account’s list begins', () => {
    expect(periodOf({ periodStartUnix: one / 1000 }, current, told)).toMatchObject({ endsAt: two, isCurrent: false });
  });

  it('is a month long while the account has not told its cycles', () => {
    expect(periodOf({ periodStartUnix: two / 1000 }, current, null).endsAt).toBe(two + 31 * 86_400_000);
  });

  it('is a calendar month in UTC, which is the window itself where the account has no other', () => {
    const november = { startsAt: Date.parse('2026-11-01'), endsAt: Date.parse('2026-12-01') };
    expect(periodOf({ year: 2026, month: 11 }, current, told)).toMatchObject({ ...november, isCurrent: false });
    const unsynced = { ...november, synced: false, projected: false };
    expect(periodOf({ year: 2026, month: 11 }, unsynced, null)).toMatchObject({ kind: 'month', isCurrent: true });
  });
});
