import { setTimeout as sleep } from 'node:timers/promises';
import { lockRow, ensureLock, withLease } from '../../server/src/locks';
import { LOCK, type LockRow } from '../../server/src/tables/locks';
import { inTransaction } from '../../server/src/transaction';
import { bootCore, type CoreApp, removeData } from '../support/core';
import { until } from '../support/until';

/** Locks, leases and transactions that give way, on the real database. */

jest.setTimeout(120_000);

let app: CoreApp;
let clock: { now: () => number };
let skewMs = 0;
beforeAll(async () => {
  app = await bootCore();
  clock = { now: () => Date.now() + skewMs };
});
afterAll(async () => {
  await app.stop();
  removeData(app);
});
beforeEach(() => (skewMs = 0));

const isSqlite = () => app.strapi.db.dialect.client === 'sqlite';
const count = async (name: string) =>
  Number(((await app.strapi.db.query(LOCK).findOne({ where: { name } })) as LockRow).note?.count ?? 0);

test('many who need a lock that is not there yet make one row of it', async () => {
  const fresh = () => Object.create(app.strapi) as typeof app.strapi;
  await Promise.all(Array.from({ length: 10 }, () => ensureLock(fresh(), 'made-once')));
  expect(await app.strapi.db.query(LOCK).count({ where: { name: 'made-once' } })).toBe(1);
});

test('those who lock a row follow one another, and read what the one before has written', async () => {
  await ensureLock(app.strapi, 'counter');
  const add = () =>
    inTransaction(app.strapi, async () => {
      await lockRow(app.strapi, 'counter');
      const { id, note } = (await app.strapi.db.query(LOCK).findOne({ where: { name: 'counter' } })) as LockRow;
      const data = { note: { count: Number(note?.count ?? 0) + 1 } };
      await app.strapi.db.query(LOCK).update({ where: { id }, data });
    });
  await Promise.all(Array.from({ length: 20 }, add));
  expect(await count('counter')).toBe(20);
});

test('two transactions that wait for one another both get done', async () => {
  if (isSqlite()) return; // One connection: there is nothing to wait for in a ring.
  await Promise.all(['left', 'right'].map((name) => ensureLock(app.strapi, name)));
  const tries = { count: 0 };
  const committed: string[] = [];
  let met = 0;
  const cross = (first: string, second: string) =>
    inTransaction(app.strapi, async ({ onCommit }) => {
      tries.count += 1;
      onCommit(() => committed.push(first));
      await lockRow(app.strapi, first);
      met += 1;
      // Once both hold their first row, each asks for the other's.
      for (let i = 0; i < 100 && met < 2; i += 1) await sleep(10);
      await lockRow(app.strapi, second);
    });
  await Promise.all([cross('left', 'right'), cross('right', 'left')]);
  expect(tries.count).toBeGreaterThan(2);
  expect(committed.sort()).toEqual(['left', 'right']);
});

test('what gave way within a transaction of the host is the host’s to repeat', async () => {
  const gaveWay = Object.assign(new Error('Deadlock found'), { code: 'ER_LOCK_DEADLOCK' });
  let tries = 0;
  const failing = () =>
    inTransaction(app.strapi, () => {
      tries += 1;
      return Promise.reject(gaveWay);
    });
  await expect(app.strapi.db.transaction(failing)).rejects.toBe(gaveWay);
  expect(tries).toBe(1);
  await expect(failing()).rejects.toBe(gaveWay);
  expect(tries).toBe(1 + 5);
});

describe('a lease', () => {
  test('is had by one of many, and is free again afterwards', async () => {
    let working = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, (working += 1));
      await sleep(300);
      working -= 1;
    };
    const had = await Promise.all(Array.from({ length: 6 }, () => withLease(app.strapi, clock, 'one', 5000, work)));
    expect(had.filter(Boolean)).toHaveLength(1);
    expect(most).toBe(1);
    expect(await withLease(app.strapi, clock, 'one', 5000, work)).toBe(true);
  });

  test('is renewed while its work lasts, and is free at once when that fails', async () => {
    const slow = withLease(app.strapi, clock, 'slow', 900, async () => {
      await sleep(2000);
      throw new Error('failed');
    });
    await sleep(1500);
    expect(await withLease(app.strapi, clock, 'slow', 900, () => Promise.resolve())).toBe(false);
    await expect(slow).rejects.toThrow('failed');
    expect(await withLease(app.strapi, clock, 'slow', 900, () => Promise.resolve())).toBe(true);
  });

  test('of a dead node is free though the clock went back an hour since', async () => {
    await withLease(app.strapi, clock, 'back', 3000, async () => {
      const until = new Date(clock.now() + 3_600_000);
      await app.strapi.db.query(LOCK).updateMany({ where: { name: 'back' }, data: { holder: 'dead', until } });
    });
    expect(await withLease(app.strapi, clock, 'back', 3000, () => Promise.resolve())).toBe(true);
  });

  test('of a dead node runs out; the work of one that comes back is told that it was lost', async () => {
    let aborted = false;
    const frozen = withLease(app.strapi, clock, 'dead', 3000, async (signal) => {
      signal.addEventListener('abort', () => (aborted = true));
      await until('the lease is known to be lost', () => Promise.resolve(aborted), 10_000);
    });
    await sleep(200);
    skewMs = 3100;
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const second = withLease(app.strapi, clock, 'dead', 3000, () => held);
    await frozen;
    release();
    expect(await second).toBe(true);
  });
});
