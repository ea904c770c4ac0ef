import { cycleAt, cycleKey } from '../../../server/src/usage/cycle';

const at = (iso: string) => Date.parse(iso);
const window = { periodStartUnix: at('2026-03-23T12:23:32Z') / 1000, periodEndUnix: at('2026-04-23T12:23:32Z') / 1000 };

test('a synced account is counted by its subscription window', () => {
  const cycle = cycleAt(at('2026-04-01T00:00:00Z'), { ...window, stripeBillingSynced: true });
  expect(cycle).toEqual({ startsAt: window.periodStartUnix * 1000, endsAt: window.periodEndUnix * 1000, synced: true });
  expect(cycleKey(cycle)).toBe('2026-03-23T12:23:32.000Z');
});

test.each([
  ['an unsynced account', { ...window, stripeBillingSynced: false }],
  ['an unknown account', null],
  ['a window that is over', { periodStartUnix: 1_000, periodEndUnix: 2_000, stripeBillingSynced: true }],
])('%s is counted by the UTC calendar month', (_name, billing) => {
  const cycle = cycleAt(at('2026-12-31T23:59:59Z'), billing);
  expect(cycle).toEqual({ startsAt: at('2026-12-01T00:00:00Z'), endsAt: at('2027-01-01T00:00:00Z'), synced: false });
});

test('the moment of renewal belongs to the next cycle', () => {
  const renewal = window.periodEndUnix * 1000;
  expect(cycleAt(renewal, { ...window, stripeBillingSynced: true }).synced).toBe(false);
  expect(cycleAt(renewal - 1, { ...window, stripeBillingSynced: true }).synced).toBe(true);
});
