import { GRACE_MS, lookAgainAt, monthAt, type ToldWindow, windowAt } from '../../../server/src/usage/window';

const at = (iso: string) => Date.parse(iso);
const minute = 60_000;
const told = (startsAt: string, endsAt: string, more: Partial<ToldWindow> = {}): ToldWindow => ({
  startsAt: at(startsAt),
  endsAt: at(endsAt),
  toldAt: at(startsAt),
  synced: true,
  ...more,
});
const october = told('2026-10-21T12:23:32Z', '2026-11-21T12:23:32Z');
const november = told('2026-11-21T12:23:32Z', '2026-12-21T12:23:32Z');
const month = (start: string, end: string, toldAt: string) => told(start, end, { synced: false, toldAt: at(toldAt) });

test('an account that was never synced is counted by the UTC calendar month', () => {
  const expected = { startsAt: at('2026-12-01'), endsAt: at('2027-01-01'), synced: false, projected: false };
  expect(windowAt([], at('2026-12-31T23:59:59Z'))).toEqual(expected);
  const unsynced = month('2026-12-01', '2027-01-01', '2026-12-10');
  expect(windowAt([unsynced], at('2026-12-31T23:59:59Z'))).toEqual(expected);
});

test('a synced account is counted by its subscription window', () => {
  const { startsAt, endsAt } = october;
  expect(windowAt([october], at('2026-11-01'))).toEqual({ startsAt, endsAt, synced: true, projected: false });
});

test('a plan that changes in the middle of a cycle begins a new one', () => {
  const changed = told('2026-11-05T08:00:00Z', '2026-12-05T08:00:00Z');
  expect(windowAt([october, changed], at('2026-11-05T07:59:59Z')).startsAt).toBe(october.startsAt);
  expect(windowAt([october, changed], at('2026-11-05T08:00:00Z')).startsAt).toBe(changed.startsAt);
});

describe('a turn', () => {
  test('goes on with the old window while the account is late to tell of the new one', () => {
    const late = windowAt([october], october.endsAt + 2 * minute);
    expect(late).toMatchObject({ startsAt: october.startsAt, projected: false });
    expect(windowAt([october, november], october.endsAt + 2 * minute).startsAt).toBe(november.startsAt);
  });

  test('is taken for granted when the account has been silent for the grace time', () => {
    const projected = windowAt([october], october.endsAt + GRACE_MS);
    const { startsAt, endsAt } = november;
    expect(projected).toEqual({ startsAt, endsAt, synced: true, projected: true });
  });

  test('is carried forward month by month while the account stays silent', () => {
    const later = windowAt([october], at('2027-03-01'));
    expect(later).toMatchObject({ startsAt: at('2027-02-21T12:23:32Z'), endsAt: at('2027-03-21T12:23:32Z') });
  });

  test('looks the same from a node that heard of it late', () => {
    const stale = { ...october, toldAt: november.startsAt + minute };
    expect(windowAt([november, stale], november.startsAt + 2 * minute)).toEqual(
      windowAt([stale, november], november.startsAt + 2 * minute),
    );
    expect(windowAt([november, stale], november.startsAt + 2 * minute).startsAt).toBe(november.startsAt);
  });
});

test.each([
  ['2027-01-31T10:00:00Z', '2027-02-28T10:00:00Z', '2027-04-01', '2027-03-31T10:00:00Z', '2027-04-30T10:00:00Z'],
  ['2026-12-31T10:00:00Z', '2027-01-31T10:00:00Z', '2027-03-01', '2027-02-28T10:00:00Z', '2027-03-31T10:00:00Z'],
  ['2027-11-30T00:00:00Z', '2027-12-30T00:00:00Z', '2028-03-01', '2028-02-29T00:00:00Z', '2028-03-30T00:00:00Z'],
])('a window from %s to %s is, on %s, the one from %s to %s', (start, end, now, startsAt, endsAt) => {
  expect(windowAt([told(start, end)], at(now))).toMatchObject({ startsAt: at(startsAt), endsAt: at(endsAt) });
});

describe('an account that is no longer synced', () => {
  const lost = (on: string) => month('2026-12-01', '2027-01-01', on);

  test('keeps the rhythm of its last cycle for two windows', () => {
    const before = windowAt([october, lost('2026-11-30')], at('2026-11-25'));
    expect(before).toMatchObject({ startsAt: november.startsAt, projected: true });
    const second = windowAt([october, lost('2026-12-30')], at('2027-01-21T12:23:31Z'));
    expect(second).toMatchObject({ startsAt: at('2026-12-21T12:23:32Z'), projected: true });
  });

  test('is counted from the earlier of both starts then, so that nothing spent is forgotten', () => {
    const early = windowAt([october, lost('2027-02-01')], at('2027-02-05'));
    expect(early).toMatchObject({ startsAt: at('2027-01-21T12:23:32Z'), endsAt: at('2027-03-01'), synced: false });
    const late = windowAt([october, lost('2027-02-01')], at('2027-02-25'));
    expect(late).toMatchObject({ startsAt: at('2027-02-01'), endsAt: at('2027-03-01'), synced: false });
  });

  test('is not taken for one because it was unsynced before', () => {
    const earlier = month('2026-09-01', '2026-10-01', '2026-09-10');
    expect(windowAt([earlier, october], at('2027-03-01')).projected).toBe(true);
  });
});

describe('looking again', () => {
  const window = { endsAt: 100 * minute };
  test('is never later than the end, nor than ten minutes', () => {
    expect(lookAgainAt(window, 0)).toBe(10 * minute);
    expect(lookAgainAt(window, 95 * minute)).toBe(100 * minute);
  });
  test('is in one to two minutes once the end is past', () => {
    for (const random of [0, 0.5, 1]) {
      const pause = lookAgainAt(window, 100 * minute, random) - 100 * minute;
      expect(pause).toBeGreaterThanOrEqual(minute);
      expect(pause).toBeLessThanOrEqual(2 * minute);
    }
  });
});

test('a month is the calendar’s, in UTC', () => {
  expect(monthAt(at('2026-12-31T23:30:00Z'))).toMatchObject({ startsAt: at('2026-12-01'), endsAt: at('2027-01-01') });
});
