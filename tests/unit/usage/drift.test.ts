import type { AccountView } from '../../../server/src/usage/account-view';
import { comparableStart, driftOf } from '../../../server/src/usage/drift';

const at = (iso: string) => Date.parse(iso);
const window = { startsAt: at('2026-11-10'), endsAt: at('2026-12-10'), synced: true, projected: false };
const viewOf = (startsAt: string, synced: boolean) =>
  ({ at: at('2026-11-20'), stale: false, figures: { startsAt: at(startsAt), synced } }) as AccountView;
const now = at('2026-11-20T00:01:00Z');

test.each([
  ['what nobody here has sent', { account: 15, least: 10, most: 12 }, 3],
  ['nothing that unknown outcomes may explain', { account: 12, least: 10, most: 12 }, 0],
  ['what was paid here and not counted there', { account: 8, least: 10, most: 12 }, -2],
])('drift is %s', (_what, counted, drift) => expect(driftOf(counted)).toBe(drift));

test('a synced account is compared in the cycle it tells of, from where the ledger counts it', () => {
  expect(comparableStart(viewOf('2026-11-10T00:00:20Z', true), window, now)).toBe(window.startsAt);
});

test('an unsynced one is compared in the calendar month', () => {
  expect(comparableStart(viewOf('2026-11-01', false), window, now)).toBe(at('2026-11-01'));
});

test.each([
  ['the account still tells the cycle before', viewOf('2026-10-10', true), window],
  ['the window is only projected', viewOf('2026-11-10', true), { ...window, projected: true }],
  ['a calendar month stands in for the cycle', viewOf('2026-11-10', true), { ...window, synced: false }],
  ['the account’s month is over', viewOf('2026-10-01', false), window],
])('nothing can be compared while %s', (_why, view, ours) => expect(comparableStart(view, ours, now)).toBeNull());
