import { setTimeout as sleep } from 'node:timers/promises';
import { JOB } from '../../server/src/tables/jobs';
import { LEDGER, type LedgerRow } from '../../server/src/tables/ledger';
import type { Balance } from '../../server/src/usage/budget';
import { createLedger } from '../../server/src/usage/ledger';
import { createReservations, type ReserveRequest } from '../../server/src/usage/reserve';
import { createWindows } from '../../server/src/usage/windows';
import { bootCore, type CoreApp, removeData } from '../support/core';

/** Reservations and ledger on the real database, by a clock that the test moves. */

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
beforeEach(async () => {
  time = Date.parse('2026-11-20T12:00:00Z');
  await app.strapi.db.query(LEDGER).deleteMany({});
});

const now = () => time;
const row = async (id: number) => (await app.strapi.db.query(LEDGER).findOne({ where: { id } })) as LedgerRow;

/** The money of one node; several of them share the database. */
function node({ credits = null as number | null, reserve = 0, balance = null as Balance | null } = {}) {
  const { strapi } = app;
  const ledger = createLedger(strapi, now);
  const windows = createWindows(strapi, now);
  const alerts: number[] = [];
  const reservations = createReservations({
    strapi,
    settings: { credits, reserve },
    ledger,
    windows,
    balance: () => Promise.resolve(balance),
    onAlert: async (percent) => void alerts.push(percent),
    now,
  });
  return { ledger, windows, alerts, ...reservations };
}

const request = (sourceHash: string, more: Partial<ReserveRequest> = {}): ReserveRequest => ({
  job: { id: 1, fileId: 1, source: 'upload' },
  engine: 'remote',
  model: 'rembg',
  keyPrint: 'print',
  decided: false,
  sourceHash,
  ...more,
});

/** A job of a real asset, as a person's decision makes it. */
async function decidedJob(): Promise<number> {
  const file = { name: 'p', hash: 'p', mime: 'image/png', ext: '.png', url: '/p.png', size: 1, provider: 'local' };
  const { id: fileId } = await app.strapi.db.query('plugin::upload.file').create({ data: file });
  const data = { fileId, version: 1, engine: 'remote', presets: ['default'], source: 'admin', force: true };
  return ((await app.strapi.db.query(JOB).create({ data })) as { id: number }).id;
}

describe('a budget', () => {
  test('is kept by reservations that come all at once, from two nodes', async () => {
    const [one, two] = [node({ credits: 10 }), node({ credits: 10 })];
    const results = await Promise.allSettled(
      Array.from({ length: 24 }, (_, index) => (index % 2 ? one : two).reserve(request(`budget-${index}`))),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused.every(({ reason }) => (reason as { code: string }).code === 'budget.reached')).toBe(true);
    expect([...one.alerts, ...two.alerts].sort((a, b) => a - b)).toEqual([50, 80, 100]);
  });

  test('loses sight of no call that ends while it is counted', async () => {
    const { reserve, ledger } = node();
    const calls = 60;
    const ids: number[] = [];
    for (let index = 0; index < calls; index += 1) ids.push((await reserve(request(`ends-${index}`))).id);
    const counted = new Set<number>();
    let ending = true;
    const looks = async () => {
      while (ending) {
        const { charged, reserved } = await ledger.totals(time);
        counted.add(charged + reserved);
      }
    };
    const looking = Promise.all([looks(), looks(), looks()]);
    for (const id of ids) await ledger.settle(id, 'charged', null);
    ending = false;
    await looking;
    expect([...counted]).toEqual([calls]);
  });

  test('counts a call that was under way over a turn in the window that it ends in', async () => {
    const { reserve, ledger } = node({ credits: 1 });
    const { id } = await reserve(request('over-the-turn'));
    time = Date.parse('2026-12-01T00:00:01Z');
    await expect(reserve(request('next'))).rejects.toMatchObject({ code: 'budget.reached' });
    await ledger.settle(id, 'charged', null);
    await expect(reserve(request('next'))).rejects.toMatchObject({ code: 'budget.reached' });
  });
});

describe('the reserve of the account', () => {
  test('counts each call once: those that ended since the balance was asked for, and those under way', async () => {
    const { ledger, reserve } = node();
    const [before, after] = [await reserve(request('before')), await reserve(request('after'))];
    await reserve(request('under-way'));
    time += 1000;
    await ledger.settle(before.id, 'charged', null);
    time += 1000;
    const balance = { spendable: 13, at: time };
    time += 1000;
    await ledger.settle(after.id, 'charged', null);
    // 13 told, less the one that ended since, less the one under way: 11, of which 10 stay.
    const keeping = node({ reserve: 10, balance });
    await keeping.reserve(request('last'));
    await expect(keeping.reserve(request('too-many'))).rejects.toMatchObject({ code: 'budget.reserve' });
  });

  test('is not risked on a balance that is older than five minutes', async () => {
    const balance = { spendable: 1000, at: time };
    time += 5 * 60_000 + 1;
    const { reserve } = node({ reserve: 10, balance });
    await expect(reserve(request('old'))).rejects.toMatchObject({ code: 'budget.balance-unknown' });
  });
});

describe('bytes that are being paid for', () => {
  test('are not sent twice while the call tells of itself, whatever becomes of its job', async () => {
    const { reserve } = node();
    await reserve(request('busy'));
    time += 19_000;
    await expect(reserve(request('busy'))).rejects.toMatchObject({ code: 'remote.in-flight', retryAt: time + 2000 });
  });

  test('count as unknown once nobody tells of their call, and are not repeated', async () => {
    const { reserve } = node();
    const { id } = await reserve(request('silent'));
    time += 20_001;
    await expect(reserve(request('silent'))).rejects.toMatchObject({ code: 'remote.outcome-unknown', asks: true });
    expect((await row(id)).outcome).toBe('unknown');
  });

  test('are kept by a heartbeat until it is stopped', async () => {
    const { reserve, keep } = node();
    const { id } = await reserve(request('beating'));
    time += 60_000;
    const stop = keep(id);
    await sleep(5_500);
    stop();
    expect(new Date((await row(id)).leaseUntil ?? 0).getTime()).toBe(time + 20_000);
    await expect(reserve(request('beating'))).rejects.toMatchObject({ code: 'remote.in-flight' });
  });

  test('are put right by their owner, whom somebody took for dead', async () => {
    const { reserve, ledger } = node();
    const { id } = await reserve(request('slow'));
    time += 20_001;
    await expect(reserve(request('slow'))).rejects.toMatchObject({ code: 'remote.outcome-unknown' });
    expect(await ledger.settle(id, 'charged', null)).toBe(true);
    expect(await row(id)).toMatchObject({ outcome: 'charged', reason: null });
    expect(await ledger.settle(id, 'free', null)).toBe(false);
  });

  test('are never left reserved: charged where a matte is stored, else unknown', async () => {
    const { reserve, settleLapsed, ledger } = node();
    const ids: number[] = [];
    for (const name of ['stored', 'lost', 'alive']) {
      ids.push((await reserve(request(name))).id);
      if (name === 'lost') time += 20_001;
    }
    const [stored, lost, alive] = ids as [number, number, number];
    expect(await settleLapsed((id) => Promise.resolve(id === stored))).toBe(2);
    expect((await row(stored)).outcome).toBe('charged');
    expect((await row(lost)).outcome).toBe('unknown');
    expect((await row(alive)).outcome).toBe('reserved');
    // A matte that another node was about to store.
    expect(await settleLapsed((id) => Promise.resolve(id === lost))).toBe(1);
    expect((await row(lost)).outcome).toBe('charged');
    expect(await ledger.totals(0)).toMatchObject({ charged: 2, unknown: 0, reserved: 1 });
  });
});

describe('a clock that goes back an hour', () => {
  test('keeps no dead reservation for that hour, and ends none whose call tells that it is under way', async () => {
    const { reserve, settleLapsed, keep } = node();
    const dead = (await reserve(request('dead'))).id;
    const alive = (await reserve(request('alive'))).id;
    time -= 3_600_000;
    expect(await settleLapsed(() => Promise.resolve(false))).toBe(0);
    const stop = keep(alive);
    try {
      await sleep(5500);
      time += 20_001;
      await sleep(5500);
      expect(await settleLapsed(() => Promise.resolve(false))).toBe(1);
    } finally {
      stop();
    }
    expect([(await row(dead)).outcome, (await row(alive)).outcome]).toEqual(['unknown', 'reserved']);
  });
});

describe('bytes that are paid for', () => {
  test('are told to be, until their matte is known to be gone', async () => {
    const { reserve, ledger, forget } = node({ credits: 1 });
    const { id } = await reserve(request('paid'));
    await ledger.settle(id, 'charged', null);
    expect(await reserve(request('paid'))).toEqual({ kind: 'charged', id });
    expect(await reserve(request('paid', { decided: true }))).toEqual({ kind: 'charged', id });
    await forget(id);
    await expect(reserve(request('paid'))).rejects.toMatchObject({ code: 'budget.reached' });
    expect(await row(id)).toMatchObject({ outcome: 'charged', claim: null });
  });
});

describe('a person’s decision', () => {
  const unknown = async (name: string) => {
    const { reserve, ledger } = node();
    await ledger.settle((await reserve(request(name))).id, 'unknown', 'remote.outcome-unknown');
  };

  test('sends bytes of an unknown outcome once more, and is used up by it', async () => {
    await unknown('again');
    const id = await decidedJob();
    const decided = request('again', { decided: true, job: { id, fileId: 1, source: 'admin' } });
    const { reserve } = node();
    expect(await reserve(decided)).toMatchObject({ kind: 'reserved' });
    expect((await app.strapi.db.query(JOB).findOne({ where: { id } })).force).toBe(false);
    // The process died in the middle of the call, and its successor still carries the job as it was claimed.
    time += 20_001;
    await expect(reserve(decided)).rejects.toMatchObject({ code: 'remote.outcome-unknown' });
  });

  test('is used up too by bytes that had no unknown call before', async () => {
    const id = await decidedJob();
    const decided = request('first', { decided: true, job: { id, fileId: 1, source: 'admin' } });
    const { reserve } = node();
    await reserve(decided);
    time += 20_001;
    await expect(reserve(decided)).rejects.toMatchObject({ code: 'remote.outcome-unknown' });
  });

  test('is kept while the budget refuses it', async () => {
    await unknown('poor');
    const id = await decidedJob();
    const { reserve } = node({ credits: 1 });
    const decided = request('poor', { decided: true, job: { id, fileId: 1, source: 'admin' } });
    await expect(reserve(decided)).rejects.toMatchObject({ code: 'budget.reached' });
    expect((await app.strapi.db.query(JOB).findOne({ where: { id } })).force).toBe(true);
  });
});

test('what was saved is counted by picture and by job, not by recompose or retry', async () => {
  const { ledger, reserve } = node();
  const work = (id: number, sourceHash: string, engine: 'local' | 'remote') => ({
    ...{ engine, sourceHash, model: 'm' },
    job: { id, fileId: id, source: 'upload' as const },
  });
  await ledger.recordFree(work(1, 'a', 'local'), 'local');
  await ledger.recordFree(work(2, 'a', 'local'), 'local');
  await ledger.recordFree(work(3, 'b', 'local'), 'local');
  await ledger.recordFree(work(4, 'a', 'local'), 'stored-matte');
  const paid = await reserve(request('c', { job: { id: 5, fileId: 5, source: 'upload' } }));
  await ledger.settle(paid.id, 'charged', null);
  await ledger.recordFree(work(5, 'c', 'remote'), 'stored-matte');
  await ledger.recordFree(work(6, 'c', 'remote'), 'stored-matte');
  await ledger.recordFree(work(6, 'c', 'remote'), 'stored-matte');
  await ledger.recordFree(work(7, 'c', 'remote'), 'stored-matte');
  expect(await ledger.savings(time - 1, time + 1)).toEqual({ local: 2, storedMatte: 2 });
  expect(await ledger.savings(time + 1)).toEqual({ local: 0, storedMatte: 0 });
});
