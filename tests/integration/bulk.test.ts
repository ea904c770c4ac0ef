import { assetStatus, findAsset, request, type Session } from '../../scripts/lib/client';
import type { BulkView } from '../../server/src/bulk-words';
import { JOB } from '../../server/src/tables/jobs';
import { type CoreApp, discard, holdJobs, idle, jobsOf, upload } from '../support/core';
import { startQuickApp } from '../support/quick-app';
import { disc } from '../support/quick-model';
import { until } from '../support/until';

/** Runs over a media library that was there before anything asked for cutouts. */

const FILE = 'plugin::upload.file';
let app: CoreApp;
let session: Session;
let seed = 0;
beforeAll(async () => {
  ({ app, session } = await startQuickApp({
    jobs: { pollMs: 200, retryDelayMs: 50, leaseMs: 5000, reconcileMs: 3_600_000 },
  }));
}, 180_000);
afterAll(() => discard(app));

const call = (method: string, route: string, json?: object) =>
  request(session.url, method, `/cutout/bulk${route}`, { bearer: session.jwt, ...(json ? { json } : {}) }) as Promise<{
    data: BulkView;
  }>;
const plan = async (json: object = {}) => (await call('POST', '', json)).data;
const act = async (id: number, what: string) => (await call('POST', `/${id}/${what}`)).data;
const find = async (id: number) => (await call('GET', `/${id}`)).data;
const ended = (id: number) =>
  until('the run has ended', async () => {
    const run = await find(id);
    return ['done', 'cancelled', 'stopped'].includes(run.state) && run;
  });
const add = async (name = `disc-${(seed += 1)}.jpg`) =>
  upload(session, { name, bytes: await disc(seed), type: 'image/jpeg' });
const clear = () => app.strapi.db.query(FILE).deleteMany({});
const events = (bulkId: number) => told.filter((event) => event.bulkId === bulkId);
const told: { bulkId: number }[] = [];
beforeAll(() => void app.strapi.eventHub.on('cutout.bulk', async (event: { bulkId: number }) => void told.push(event)));
beforeEach(clear);

it('tells what a run would do, and makes nothing', async () => {
  for (let i = 0; i < 3; i += 1) await add();
  await upload(session, { name: 'text.txt', bytes: 'text', type: 'text/plain' });
  const unwanted = await plan();
  expect(unwanted.plan).toMatchObject({ matching: 4, make: 0, unwanted: 4 });
  const { state, plan: found } = await plan({ presets: ['default'] });
  expect(state).toBe('planned');
  expect(found).toMatchObject({ matching: 4, make: 3, notPictures: 1, done: 0, credits: { atMost: 0, atLeast: 0 } });
  expect(await app.strapi.db.query(JOB).count()).toBe(0);
});

it('guesses which files have the same bytes by their size, sides and type', async () => {
  const bytes = await disc(500);
  for (const name of ['a.jpg', 'b.jpg', 'c.jpg']) await upload(session, { name, bytes, type: 'image/jpeg' });
  expect((await plan({ presets: ['default'] })).plan).toMatchObject({ make: 3, sameBytes: 2 });
});

it('makes the cutouts of what was there, and tells its end once', async () => {
  const files = [await add(), await add(), await add()];
  const { id } = await plan({ presets: ['default'] });
  expect(await act(id, 'start')).toMatchObject({ state: 'running' });
  const run = await ended(id);
  expect(run).toMatchObject({ state: 'done', jobs: { done: 3, queued: 0, running: 0 } });
  for (const file of files) {
    expect(await assetStatus(session, file.id)).toMatchObject({ state: 'ready' });
    const [job] = await jobsOf(app, file.id);
    expect(job).toMatchObject({ bulk: id, source: 'bulk', priority: 20 });
  }
  await until('its end was told', () => events(id).length > 0);
  expect(events(id)).toMatchObject([{ state: 'done', jobs: { done: 3 }, credits: 0 }]);
  expect((await plan({ presets: ['default'] })).plan).toMatchObject({ make: 0, done: 3 });
  await expect(act(id, 'start')).rejects.toThrow(/it is done/);
});

it('goes by folder, field, status, date and how the last job ended', async () => {
  const { strapi } = app;
  const parent = await strapi
    .plugin('upload')
    .service('folder')
    .create({ name: `Shoes ${seed}` });
  const inner = await strapi.plugin('upload').service('folder').create({ name: 'Old', parent: parent.id });
  const [first, second, third] = [await add(), await add(), await add()];
  for (const [file, into] of [
    [first, parent],
    [second, inner],
  ] as const) {
    await strapi.db.query(FILE).update({ where: { id: file.id }, data: { folder: into.id, folderPath: into.path } });
  }
  const documents = strapi.documents('api::product.product' as never) as any;
  await documents.create({ data: { title: 'Draft', photo: second.id } });
  await documents.create({ data: { title: 'Published', photo: third.id }, status: 'published' });
  await idle(app);
  const matching = async (filter: object) => (await plan({ filter, presets: ['default'] })).plan.matching;
  expect(await matching({ folder: `/Shoes ${seed - 3}` })).toBe(2);
  expect(await matching({ folder: `/Shoes ${seed - 3}/Old` })).toBe(1);
  expect(await matching({ contentType: 'api::product.product' })).toBe(2);
  expect(await matching({ contentType: 'api::product.product', field: 'photo', status: 'published' })).toBe(1);
  expect(await matching({ status: 'draft' })).toBe(2);
  expect(await matching({ uploadedFrom: '2100-01-01' })).toBe(0);
  expect(await matching({ uploadedTo: '2100-01-01' })).toBe(3);
  // The second one's field wants a cutout, and has it by now.
  expect(await matching({ state: 'missing', folder: `/Shoes ${seed - 3}` })).toBe(1);
  expect(await matching({ state: 'failed' })).toBe(0);
  await expect(plan({ filter: { folder: '/Nowhere' } })).rejects.toThrow(/expected a folder of the media library/);
  await expect(plan({ filter: { field: 'photo' } })).rejects.toThrow(/expected a contentType/);
});

it('makes those again that failed for a reason', async () => {
  const file = await add();
  await app.cutout.planner.plan(file.id, { source: 'admin', asked: true });
  await idle(app);
  const [job] = await jobsOf(app, file.id);
  const failed = { state: 'failed', reasonCode: 'worker.crashed', reasonMessage: 'It ended.' };
  await app.strapi.db.query(JOB).update({ where: { id: job!.id }, data: failed });
  await app.strapi.db.query(FILE).update({ where: { id: file.id }, data: { formats: null } });
  expect((await plan({ filter: { state: 'failed', reason: 'worker.timeout' } })).plan.matching).toBe(0);
  const { id, plan: found } = await plan({ filter: { state: 'failed', reason: 'worker.crashed' } });
  expect(found).toMatchObject({ matching: 1, make: 1 });
  await act(id, 'start');
  expect(await ended(id)).toMatchObject({ state: 'done', jobs: { done: 1 } });
});

it('takes back what is queued when it is paused, and goes on from there', async () => {
  const files: number[] = [];
  for (let i = 0; i < 6; i += 1) files.push((await add()).id);
  const { id } = await plan({ presets: ['default'] });
  // Nothing is claimed before the run is paused: all jobs wait for a moment to come.
  const stopQueue = holdJobs(app);
  await act(id, 'start');
  await until('its jobs are queued', async () => (await find(id)).jobs.queued === 6);
  expect(await act(id, 'pause')).toMatchObject({ state: 'paused', jobs: { queued: 0, cancelled: 0 } });
  await expect(act(id, 'pause')).rejects.toThrow(/it is paused/);
  stopQueue();
  expect(await act(id, 'resume')).toMatchObject({ state: 'running' });
  expect(await ended(id)).toMatchObject({ state: 'done', jobs: { done: 6 } });
  await until('its end was told', () => events(id).length > 0);
  expect(events(id)).toHaveLength(1);
});

it('cancels what is queued, but not what a person asked for meanwhile', async () => {
  const files: number[] = [];
  for (let i = 0; i < 4; i += 1) files.push((await add()).id);
  const { id } = await plan({ presets: ['default'] });
  const stopQueue = holdJobs(app);
  await act(id, 'start');
  await until('its jobs are queued', async () => (await find(id)).jobs.queued === 4);
  await app.cutout.planner.plan(files[1]!, { source: 'admin', asked: true });
  expect(await act(id, 'cancel')).toMatchObject({ ending: 'cancelled' });
  await until('the others are cancelled', async () => (await find(id)).jobs.cancelled === 3);
  stopQueue();
  expect(await ended(id)).toMatchObject({ state: 'cancelled', jobs: { done: 1, cancelled: 3 } });
  expect(await assetStatus(session, files[1]!)).toMatchObject({ state: 'ready' });
  expect(await assetStatus(session, files[0]!)).toMatchObject({ state: 'cancelled' });
  await until('its end was told', () => events(id).length > 0);
  expect(events(id)).toMatchObject([{ state: 'cancelled', jobs: { done: 1, cancelled: 3 } }]);
  const again = await plan({ presets: ['default'] });
  expect(again.plan).toMatchObject({ make: 3, done: 1 });
  await act(again.id, 'cancel');
  expect(await ended(again.id)).toMatchObject({ state: 'cancelled' });
});

it('renews what another model made, while the old address works', async () => {
  const file = await add();
  await app.cutout.planner.plan(file.id, { source: 'admin', asked: true });
  await idle(app);
  const { formats } = await findAsset(session, file.id);
  const old = { ...formats, cutout: { ...formats!.cutout, cutout: { ...formats!.cutout.cutout, model: 'u2net' } } };
  await app.strapi.db.query(FILE).update({ where: { id: file.id }, data: { formats: old } });
  expect(await assetStatus(session, file.id)).toMatchObject({ state: 'ready', stale: ['model'] });
  expect((await plan()).plan).toMatchObject({ make: 0 });
  const { id, plan: found } = await plan({ filter: { state: 'stale' } });
  expect(found).toMatchObject({ matching: 1, make: 1 });
  await act(id, 'start');
  expect(await ended(id)).toMatchObject({ state: 'done', jobs: { done: 1 } });
  expect(await assetStatus(session, file.id)).toMatchObject({ state: 'ready', stale: [] });
  expect((await plan({ filter: { state: 'stale' } })).plan.matching).toBe(0);
});
