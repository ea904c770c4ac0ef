import { cancelJobs } from '../../server/src/jobs/cancel';
import { cancellable } from '../../server/src/jobs/cancellable';
import { fillTurns } from '../../server/src/jobs/fill-turns';
import { createJobStore, type JobStore } from '../../server/src/jobs/store';
import type { RunJob } from '../../server/src/jobs/queue';
import { createWaiting } from '../../server/src/jobs/waiting';
import { jobCancelled, queueStopped } from '../../server/src/signals';
import { JOB, type JobRow } from '../../server/src/tables/jobs';
import { bootCore, type CoreApp, removeData } from '../support/core';

let app: CoreApp;
let store: JobStore;
let clock = Date.now();
beforeAll(async () => {
  app = await bootCore();
  store = createJobStore(app.strapi, () => clock);
}, 120_000);
afterEach(() => app.strapi.db.query('plugin::upload.file').deleteMany({ where: { id: { $gt: 0 } } }));
afterAll(async () => {
  await app.stop();
  removeData(app);
});

async function addJob(changes: Partial<JobRow> = {}): Promise<JobRow> {
  const file = {
    name: 'a.jpg',
    hash: 'a',
    ext: '.jpg',
    mime: 'image/jpeg',
    size: 1,
    url: '/uploads/a.jpg',
    provider: 'local',
  };
  const fileId =
    changes.fileId ?? ((await app.strapi.db.query('plugin::upload.file').create({ data: file })) as { id: number }).id;
  const data = {
    fileId,
    version: 1,
    engine: 'local',
    presets: ['default'],
    ask: 'a',
    source: 'upload',
    state: 'queued',
    runAt: new Date(clock),
    ...changes,
  };
  return (await app.strapi.db.query(JOB).create({ data })) as JobRow;
}
const read = async (id: number) => (await app.strapi.db.query(JOB).findOne({ where: { id } })) as JobRow;

describe('the job table', () => {
  it('gives a job to one of many claimants', async () => {
    const { id } = await addJob();
    const claims = await Promise.all(Array.from({ length: 15 }, () => store.claim(1000)));
    expect(claims.filter(Boolean)).toHaveLength(1);
    expect(await read(id)).toMatchObject({ state: 'running', attempts: 1 });
  });

  it('gives two jobs of one asset to nobody at the same time', async () => {
    const first = await addJob();
    const second = await addJob({ fileId: first.fileId });
    const claims = await Promise.all(Array.from({ length: 8 }, () => store.claim(1000)));
    expect(claims.flatMap((job) => job?.id ?? [])).toEqual([first.id]);
    await store.finish(claims.find(Boolean)!, { chosen: null, timings: null });
    expect((await store.claim(1000))?.id).toBe(second.id);
  });

  it('claims a job with the presets it has then, not those it was found with', async () => {
    const { id } = await addJob();
    const [job] = await Promise.all([
      store.claim(1000),
      app.strapi.db.query(JOB).updateMany({ where: { id, state: 'queued' }, data: { presets: ['card', 'default'] } }),
    ]);
    expect(job?.presets).toEqual((await read(id)).presets);
  });

  it('ends a job only for who holds it', async () => {
    await addJob();
    const lost = (await store.claim(1000))!;
    clock += 2000;
    const holder = (await store.claim(1000))!;
    expect(holder).toMatchObject({ id: lost.id, attempts: 2 });
    expect(await store.renew(lost, 1000)).toBe(false);
    expect(await store.finish(lost, { chosen: null, timings: null })).toBe(false);
    await store.settle(lost, { state: 'failed', code: 'worker.failed', message: 'x' });
    await store.release(lost);
    expect(await read(lost.id)).toMatchObject({ state: 'running', leaseToken: holder.leaseToken, reasonCode: null });
    expect(await store.renew(holder, 1000)).toBe(true);
    expect(
      await store.finish(holder, { chosen: { engine: 'local', model: 'm', why: 'w' }, timings: { total: 5 } }),
    ).toBe(true);
    expect(await read(lost.id)).toMatchObject({
      state: 'done',
      chosen: { model: 'm' },
      timings: { total: 5 },
      leaseToken: null,
    });
  });

  it('does not take over a job whose holder renewed it in time', async () => {
    await addJob();
    const holder = (await store.claim(1000))!;
    clock += 900;
    expect(await store.renew(holder, 1000)).toBe(true);
    clock += 900;
    expect(await store.claim(1000)).toBeNull();
  });

  it('gives a job back as if it had not been claimed', async () => {
    const { id } = await addJob();
    await store.release((await store.claim(1000))!);
    expect(await read(id)).toMatchObject({ state: 'queued', attempts: 0, leaseToken: null, leaseUntil: null });
    expect(await store.claim(1000)).toMatchObject({ id, attempts: 1 });
  });

  it('keeps a job that waits for another try until its time', async () => {
    const { id } = await addJob();
    const runAt = new Date(clock + 5000);
    await store.settle((await store.claim(1000))!, {
      state: 'queued',
      runAt,
      attempts: 1,
      waits: 0,
      code: 'worker.crashed',
      message: 'x',
    });
    expect(await store.claim(1000)).toBeNull();
    expect(await read(id)).toMatchObject({
      state: 'queued',
      attempts: 1,
      reasonCode: 'worker.crashed',
      finishedAt: null,
    });
    clock += 5001;
    expect(await store.claim(1000)).toMatchObject({ id, attempts: 2 });
  });

  it('gives a costly job back for those whose turn comes soon, once, and then its own has come', async () => {
    const plannedAt = (ms: number) => ({ turnAt: new Date(clock + ms), createdAt: new Date(clock + ms) });
    const costly = await addJob(plannedAt(0));
    const first = (await store.claim(1000))!;
    expect(await store.letPass(first, 60_000)).toBe(false);
    expect(await read(costly.id)).toMatchObject({ state: 'running' });
    const small = await addJob(plannedAt(1000));
    expect(await store.letPass(first, 60_000)).toBe(true);
    expect(await read(costly.id)).toMatchObject({ state: 'queued', attempts: 0, leaseToken: null });
    clock += 70_000;
    const late = await addJob(plannedAt(0));
    const order: (number | undefined)[] = [];
    for (let i = 0; i < 3; i++) {
      const job = (await store.claim(100_000))!;
      order.push(job.id);
      // It let others pass once; those behind it are due now, and it goes on.
      if (job.id === costly.id) expect(await store.letPass(job, 60_000)).toBe(false);
      await store.finish(job, { chosen: null, timings: null });
    }
    expect(order).toEqual([small.id, costly.id, late.id]);
  });

  it('gives by its id no job before an older one of its asset that is due', async () => {
    const older = await addJob();
    const younger = await addJob({ fileId: older.fileId });
    expect(await store.claimById(younger.id, 1000)).toBeNull();
    const first = await store.claimById(older.id, 1000);
    expect(first?.id).toBe(older.id);
    await store.finish(first!, { chosen: null, timings: null });
    expect((await store.claimById(younger.id, 1000))?.id).toBe(younger.id);
  });

  it('takes over from a dead worker, and looks at what waits, though the clock went back an hour', async () => {
    const hour = 3_600_000;
    const dead = await addJob({
      ...{ state: 'running', leaseToken: 'x', attempts: 1 },
      ...{ leaseUntil: new Date(clock + hour + 1000), updatedAt: new Date(clock + hour) },
    });
    const alive = await addJob({
      state: 'running',
      leaseToken: 'y',
      leaseUntil: new Date(clock + 30_000),
      attempts: 1,
    });
    const waits = { runAt: new Date(clock + hour + 5000), updatedAt: new Date(clock + hour) } as Partial<JobRow>;
    const waiting = await addJob(waits);
    const later = await addJob({ runAt: new Date(clock + 5000) });
    expect(await store.claim(1000)).toBeNull();
    expect(await createWaiting(app.strapi, () => clock).putTimesRight(1000)).toBe(2);
    expect((await store.claim(1000))?.id).toBe(waiting.id);
    clock += 999;
    expect(await store.claim(1000)).toBeNull();
    clock += 2;
    expect([(await store.claim(5000))?.id, (await store.claim(5000))?.id]).toEqual([dead.id, waiting.id]);
    expect([await read(alive.id), await read(later.id)]).toMatchObject([{ leaseToken: 'y' }, { state: 'queued' }]);
  });

  it('takes a person’s job before an upload’s and that before a bulk run’s, each in the order of their turns', async () => {
    const at = (ms: number) => ({ runAt: new Date(clock - 10_000), turnAt: new Date(clock - ms) });
    const bulk = await addJob({ ...at(9000), priority: 20 });
    const later = await addJob({ ...at(1000), priority: 10 });
    const upload = await addJob({ ...at(2000), priority: 10, engine: 'remote' });
    const dead = await addJob({
      ...{ ...at(3000), priority: 10, state: 'running', leaseToken: 'x', attempts: 1 },
      leaseUntil: new Date(clock - 1),
    });
    const person = await addJob({ ...at(0), priority: 0, engine: 'auto' });
    const order: (number | undefined)[] = [];
    for (let i = 0; i < 6; i += 1) order.push((await store.claim(100_000))?.id);
    expect(order).toEqual([person.id, dead.id, upload.id, later.id, bulk.id, undefined]);
  });

  it('finds the free asset behind many that are busy, and behind many that wait', async () => {
    for (let i = 0; i < 30; i += 1) {
      const { fileId } = await addJob({ state: 'running', leaseToken: 'x', leaseUntil: new Date(clock + 60_000) });
      await addJob({ fileId, priority: 0 });
      await addJob({ priority: 0, runAt: new Date(clock + 60_000), turnAt: new Date(clock + 60_000) });
    }
    const { id } = await addJob({ priority: 20 });
    expect((await store.claim(1000))?.id).toBe(id);
    expect(await store.claim(1000)).toBeNull();
  });

  it('gives a process the jobs that it can do, and no others', async () => {
    await addJob({ engine: 'local' });
    await addJob({ engine: 'auto' });
    const remote = await addJob({ engine: 'remote' });
    expect((await store.claim(60_000, [], ['remote']))?.id).toBe(remote.id);
    expect(await store.claim(60_000, [], ['remote'])).toBeNull();
    expect(await store.claim(60_000, [], [])).toBeNull();
    expect(await store.claim(60_000)).not.toBeNull();
  });

  it('claims the job that is named, if it is due, can be done and its asset is free', async () => {
    const due = await addJob();
    const behind = await addJob({ fileId: due.fileId });
    const waits = await addJob({ runAt: new Date(clock + 5000), turnAt: new Date(clock + 5000) });
    const done = await addJob({ state: 'done' });
    const dead = await addJob({ state: 'running', leaseToken: 'x', leaseUntil: new Date(clock - 1), attempts: 1 });
    expect(await store.claimById(due.id, 1000, ['remote'])).toBeNull();
    const claims = await Promise.all(Array.from({ length: 8 }, () => store.claimById(due.id, 100_000, ['local'])));
    expect(claims.flatMap((job) => job?.id ?? [])).toEqual([due.id]);
    for (const { id } of [due, behind, waits, done]) expect(await store.claimById(id, 1000)).toBeNull();
    expect(await store.claimById(dead.id, 1000)).toMatchObject({ id: dead.id, attempts: 2 });
    expect(await store.claimById(2_000_000_000, 1000)).toBeNull();
  });

  it('does not take a job that another one took and set to wait since it was found', async () => {
    const { id } = await addJob();
    const waits = { runAt: new Date(clock + 60_000), attempts: 0, waits: 1, code: 'source.unreadable', message: 'x' };
    const other = async () => {
      const job = await store.claim(1000);
      return job && store.settle(job, { state: 'queued', ...waits });
    };
    const claims = await Promise.all([...Array.from({ length: 6 }, other), ...Array.from({ length: 6 }, other)]);
    expect(claims.filter(Boolean)).toHaveLength(1);
    expect(await read(id)).toMatchObject({ state: 'queued', attempts: 0, waits: 1 });
  });

  it('lets many claimants take one job each, beside one that holds an asset', async () => {
    for (let i = 0; i < 12; i += 1) await addJob();
    const claims = await Promise.all(Array.from({ length: 12 }, () => store.claim(60_000)));
    expect(new Set(claims.map((job) => job?.id)).size).toBe(12);
    expect(claims).not.toContain(null);
  });

  it('lets a costly job pass nobody whose priority is lower', async () => {
    await addJob({ priority: 10 });
    await addJob({ priority: 20 });
    const costly = (await store.claim(100_000))!;
    expect(await store.letPass(costly, 60_000)).toBe(false);
  });

  it('gives jobs of an older version a priority and a turn, those that wait with the others', async () => {
    const none = { priority: null, turnAt: null } as unknown as Partial<JobRow>;
    const old = await addJob({ ...none, runAt: new Date(clock - 5000) });
    const oldWaits = await addJob({ ...none, runAt: new Date(clock + 60_000) });
    const waits = await addJob({ runAt: new Date(clock + 60_000), turnAt: new Date(clock) });
    const held = await addJob({ ...none, state: 'held' });
    const fresh = await addJob({ turnAt: new Date(clock - 1000) });
    expect((await store.claim(100_000))?.id).toBe(fresh.id);
    const fill = () => fillTurns(app.strapi, () => clock);
    await Promise.all([fill(), fill()]);
    await fill();
    expect((await store.claim(100_000))?.id).toBe(old.id);
    for (const { id, runAt } of [oldWaits, waits]) {
      expect(await read(id)).toMatchObject({ priority: 10, turnAt: new Date(runAt).toISOString() });
    }
    expect(await read(held.id)).toMatchObject({ priority: 10 });
    expect(await read(fresh.id)).toMatchObject({ priority: 10, turnAt: new Date(clock - 1000).toISOString() });
  });

  it('cancels what is queued, waits, runs or is held, and takes it from its holder', async () => {
    const running = await addJob();
    const { fileId } = running;
    const job = (await store.claim(60_000))!;
    const queued = await addJob({ fileId });
    const waits = await addJob({ fileId, runAt: new Date(clock + 60_000), reasonCode: 'source.unreadable' });
    const held = await addJob({ fileId, state: 'held' });
    const done = await addJob({ fileId, state: 'done' });
    const ids = [running, queued, waits, held].map(({ id }) => id);
    expect(await cancelJobs(app.strapi, () => clock, fileId)).toBe(4);
    expect(await cancelJobs(app.strapi, () => clock, fileId)).toBe(0);
    for (const id of ids) {
      expect(await read(id)).toMatchObject({ state: 'cancelled', reasonCode: 'job.cancelled', leaseToken: null });
    }
    expect(await read(done.id)).toMatchObject({ state: 'done' });
    expect(await store.renew(job, 1000)).toBe(false);
    expect(await store.finish(job, { chosen: null, timings: null })).toBe(false);
    await store.release(job);
    expect(await store.claim(1000)).toBeNull();
    expect(await store.cancelled([...ids, done.id])).toEqual(new Set(ids));
    expect(await store.open(ids)).toEqual(new Set());
  });

  it('lets whoever runs a job know that it was cancelled elsewhere, and only them', async () => {
    await addJob();
    await addJob();
    const [one, other] = [(await store.claim(60_000))!, (await store.claim(60_000))!];
    const stop = new AbortController();
    const reasons = new Map<number, unknown>();
    const run: RunJob = (job, signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          reasons.set(job.id, signal.reason);
          resolve();
        });
      });
    const jobs = cancellable({ store, run, onError: (message) => expect(message).toBe('') });
    const running = [jobs.run(one, stop.signal), jobs.run(other, stop.signal)];
    await cancelJobs(app.strapi, () => clock, one.fileId);
    await running[0];
    expect(reasons).toEqual(new Map([[one.id, jobCancelled]]));
    stop.abort(queueStopped);
    await running[1];
    expect(reasons.get(other.id)).toBe(queueStopped);
  });

  it('tells jobs that have not ended', async () => {
    const queued = await addJob();
    const silent = await addJob({ state: 'running', leaseUntil: new Date(clock - 1), leaseToken: 'x', attempts: 1 });
    const done = await addJob({ state: 'done' });
    const ids = [queued.id, silent.id, done.id];
    expect([...(await store.open(ids))].sort((a, b) => a - b)).toEqual([queued.id, silent.id]);
    expect(await store.open([])).toEqual(new Set());
  });

  it('lets a job go with its asset', async () => {
    const { id, fileId } = await addJob();
    await app.strapi.db.query('plugin::upload.file').delete({ where: { id: fileId } });
    expect(await read(id)).toBeNull();
    expect(await store.claim(1000)).toBeNull();
  });
});
