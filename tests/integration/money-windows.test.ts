import { CYCLE, type CycleRow } from '../../server/src/tables/cycles';
import type { Figures } from '../../server/src/usage/account-view';
import { createWindows } from '../../server/src/usage/windows';
import { bootCore, type CoreApp, removeData } from '../support/core';

/** Billing windows as the database keeps them, seen by two nodes with accounts of different age. */

jest.setTimeout(120_000);

let app: CoreApp;
let time: number;
beforeAll(async () => {
  app = await bootCore();
});
afterAll(async () => {
  await app.stop();
  removeData(app);
});
beforeEach(() => app.strapi.db.query(CYCLE).deleteMany({}));

const at = (iso: string) => Date.parse(iso);
const node = () => createWindows(app.strapi, () => time);
const rows = async () => (await app.strapi.db.query(CYCLE).findMany({ orderBy: { key: 'asc' } })) as CycleRow[];
const told = (startsAt: string, endsAt: string, more: Partial<Figures> = {}): Figures => ({
  ...{ plan: 'Premium', startsAt: at(startsAt), endsAt: at(endsAt), synced: true },
  ...{ included: 500, remaining: 400, prepaid: 50, app: 0, api: 100 },
  ...more,
});
const october = told('2026-10-21T12:00:00Z', '2026-11-21T12:00:00Z');
const november = told('2026-11-21T12:00:00Z', '2026-12-21T12:00:00Z', { api: 0 });

test('two nodes are in the same window, whichever of them the account has told of it', async () => {
  const [one, two] = [node(), node()];
  time = at('2026-11-21T12:02:00Z');
  await one.tell(october, at('2026-11-21T11:59:00Z'));
  await two.tell(november, at('2026-11-21T12:01:50Z'));
  expect(await one.current()).toEqual(await two.current());
  expect((await one.current()).startsAt).toBe(november.startsAt);
  // What comes late of the cycle before changes nothing.
  await one.tell({ ...october, endsAt: at('2026-11-28T12:00:00Z') }, time);
  expect((await one.current()).startsAt).toBe(november.startsAt);
  expect(await rows()).toHaveLength(2);
});

test('one cycle told at the same moment by many nodes is one row', async () => {
  time = at('2026-11-22');
  const starts = Array.from({ length: 8 }, (_, second) => november.startsAt + second * 1000);
  await Promise.all(starts.map((startsAt, index) => node().tell({ ...november, startsAt }, time + index)));
  expect(await rows()).toHaveLength(1);
});

test('a cycle that begins anew within the hour is another one, since its count has fallen', async () => {
  time = at('2026-11-22');
  const { tell, current } = node();
  await tell({ ...november, api: 40 }, time);
  const changed = told('2026-11-21T12:20:00Z', '2026-12-21T12:20:00Z', { api: 0 });
  await tell(changed, time + 1000);
  expect((await current()).startsAt).toBe(changed.startsAt);
});

test('an account that loses its subscription for a while forgets nothing', async () => {
  const { tell, current } = node();
  time = at('2026-11-10');
  await tell(october, time);
  const month = told('2026-11-01', '2026-12-01', { synced: false });
  await tell(month, time + 1000);
  expect(await current()).toMatchObject({ startsAt: october.startsAt, synced: true });
  time = at('2026-12-05');
  await tell({ ...month, startsAt: at('2026-12-01'), endsAt: at('2027-01-01') }, time);
  expect(await current()).toMatchObject({ startsAt: november.startsAt, projected: true });
  await tell(november, time + 1000);
  expect(await current()).toMatchObject({ startsAt: november.startsAt, projected: false });
});

test('a projected window that had an alert becomes the one that the account tells', async () => {
  const { tell, current, alertRow } = node();
  time = at('2026-11-10');
  await tell({ ...october, endsAt: at('2026-11-21T11:59:00Z') }, time);
  time = at('2026-11-21T12:05:00Z');
  const { id } = await alertRow(await current());
  await app.strapi.db.query(CYCLE).update({ where: { id }, data: { alerted: 50 } });
  await tell(november, time);
  expect(await alertRow(await current())).toMatchObject({ id, alerted: 50 });
  expect((await current()).startsAt).toBe(november.startsAt);
});

test('prepaid use is what was seen to go since the first reading; what is bought does not hide it', async () => {
  const { tell, prepaidUsed } = node();
  time = at('2026-12-01');
  expect(await prepaidUsed(november)).toBeNull();
  for (const [minute, prepaid] of [50, 45, 145, 140].entries()) {
    await tell({ ...november, prepaid }, time + minute * 60_000);
  }
  time += 4 * 60_000;
  expect(await prepaidUsed(november)).toBe(10);
  // An answer that was asked for before the last one.
  await tell({ ...november, prepaid: 0 }, time - 3 * 60_000);
  expect(await prepaidUsed(november)).toBe(10);
});

test('an answer of before the clock went back an hour does not hide the ones that come after', async () => {
  const { tell, prepaidUsed } = node();
  time = at('2026-12-01T13:00:00Z');
  await tell({ ...november, prepaid: 50 }, time);
  time -= 60 * 60_000;
  await tell({ ...november, prepaid: 44 }, time);
  expect(await prepaidUsed(november)).toBe(6);
});
