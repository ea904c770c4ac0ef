import { createJobStore, type JobStore } from '../../server/src/jobs/store';
import { createWaiting } from '../../server/src/jobs/waiting';
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

  it('takes over from a dead worker, and looks at what waits, though the clock went back an hour', async () => {
    const hour = 3_600_000;
    const dead = await addJob({
      ...{ state: 'running', leaseToken: 'x', attempts: 1 },
      ...{ leaseUntil: new Date(clock + hour + 1000), updatedAt: new Date(clock + hour) },
    } as Partial<JobRow>);
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
