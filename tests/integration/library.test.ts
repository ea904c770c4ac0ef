import { request, type Session } from '../../scripts/lib/client';
import {
  type AssetsResponse,
  libraryFiltersResponse,
  type LibraryResponse,
  libraryResponse,
  overviewResponse,
} from '../../server/src/api/contracts';
import { type CoreApp, discard, idle, jobsOf, upload as uploadByToken } from '../support/core';
import { addManyJobs } from '../support/many-jobs';
import { startQuickApp } from '../support/quick-app';
import { disc } from '../support/quick-model';
import { addUser, grants, IS_CREATOR } from '../support/roles';
import { statementsOf } from '../support/rows-read';

/** The page of cutouts: its list with filters, changes of many at once, and what a person accepts. */

const FILE = 'plugin::upload.file';
const CUTOUT = ['plugin::cutout.read', 'plugin::cutout.edit'];
const LIBRARY = ['plugin::upload.read', 'plugin::upload.assets.create', 'plugin::upload.assets.update'];

let app: CoreApp;
let admin: Session;
/** May change only what they uploaded themselves. */
let own: Session;
let viewer: Session;
let seed = 0;

beforeAll(async () => {
  ({ app, session: admin } = await startQuickApp({
    rules: { folders: { '/Shop': {} } },
    jobs: { pollMs: 200, retryDelayMs: 50, leaseMs: 5000, reconcileMs: 3_600_000 },
  }));
  own = await addUser(admin, 'own', [...grants(LIBRARY, [IS_CREATOR]), ...grants(CUTOUT)]);
  viewer = await addUser(admin, 'viewer', grants(['plugin::cutout.read', 'plugin::upload.read']));
}, 180_000);
afterAll(() => discard(app));
beforeEach(() => app.strapi.db.query(FILE).deleteMany({}));

const call = (session: Session, method: string, route: string, json?: unknown) =>
  request(session.url, method, `/cutout${route}`, { bearer: session.jwt, json });
const list = async (query = '', session = admin): Promise<LibraryResponse> =>
  libraryResponse.parse(await call(session, 'GET', `/library${query}`));
const names = async (query = '', session = admin) => (await list(query, session)).data.map(({ name }) => name).sort();
const add = async (name: string, fields: Record<string, string> = {}): Promise<number> =>
  (await uploadByToken(admin, { name, bytes: await disc((seed += 1)), type: 'image/jpeg', fields })).id;
const formatsOf = async (id: number) => (await app.strapi.db.query(FILE).findOne({ where: { id } })).formats;
const setMatte = async (id: number, facts: object) => {
  const formats = await formatsOf(id);
  const matte = formats.cutout_matte;
  const changed = { ...formats, cutout_matte: { ...matte, cutout: { ...matte.cutout, ...facts } } };
  await app.strapi.db.query(FILE).update({ where: { id }, data: { formats: changed } });
};
const runAll = async (ids: number[], more: object = {}) => {
  const answer = (await call(admin, 'POST', '/assets/run', { ids, ...more })) as AssetsResponse;
  await idle(app);
  return answer;
};

it('finds pictures by state, doubt, engine, confidence, name, folder and day, and sorts the unsure ones first', async () => {
  const [sure, unsure, less, none] = [
    await add('Sure.jpg'),
    await add('unsure.jpg'),
    await add('less_.jpg'),
    await add('none.jpg'),
  ];
  await uploadByToken(admin, { name: 'text.txt', bytes: 'text', type: 'text/plain' });
  await runAll([sure, unsure, less]);
  await setMatte(unsure, { confidence: 0.4 });
  await setMatte(less, { confidence: 0.2 });
  expect(await names()).toEqual(['Sure.jpg', 'less_.jpg', 'none.jpg', 'unsure.jpg']);
  expect(await names('?state=ready')).toEqual(['Sure.jpg']);
  expect((await list('?state=review&sort=confidence:asc')).data.map(({ id }) => id)).toEqual([less, unsure]);
  expect(await names('?state=none')).toEqual(['none.jpg']);
  expect(await names('?engine=local&below=0.3')).toEqual(['less_.jpg']);
  expect(await names('?engine=remote')).toEqual([]);
  expect(await names('?_q=SURE')).toEqual(['Sure.jpg', 'unsure.jpg']);
  expect(await names('?_q=_')).toEqual(['less_.jpg']);
  expect(await names('?stale=true')).toEqual([]);
  expect(await names('?uploadedFrom=2000-01-01&uploadedTo=2000-01-02')).toEqual([]);
  const { data: folder } = await request(admin.url, 'POST', '/upload/folders', {
    bearer: admin.jwt,
    json: { name: 'Shop', parent: null },
  });
  await app.strapi.db.query(FILE).update({
    where: { id: none },
    data: { folder: folder.id, folderPath: folder.path },
  });
  expect(await names('?folder=/Shop')).toEqual(['none.jpg']);
  const page = await list('?page=2&pageSize=3&sort=name:asc');
  expect(page.meta.pagination).toEqual({ page: 2, pageSize: 3, pageCount: 2, total: 4 });
  expect(page.data).toHaveLength(1);
  await expect(call(admin, 'GET', '/library?state=odd')).rejects.toMatchObject({ status: 400 });
});

it('finds pictures by the field that uses them, and names fields and reasons to choose from', async () => {
  const [used] = [await add('used.jpg'), await add('other.jpg')];
  await request(admin.url, 'POST', '/api/products', {
    bearer: admin.token,
    json: { data: { title: 'A', plain: used } },
  });
  expect(await names('?contentType=api::product.product&field=plain')).toEqual(['used.jpg']);
  expect(await names('?contentType=api::product.product&field=photo')).toEqual([]);
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>';
  const { id } = await uploadByToken(admin, { name: 'drawing.svg', bytes: svg, type: 'image/svg+xml' });
  await runAll([id]);
  const { data } = libraryFiltersResponse.parse(await call(viewer, 'GET', '/library/filters'));
  expect(data.fields).toContainEqual({ contentType: 'api::product.product', name: 'Product', field: 'photo' });
  expect(data.reasons).toContainEqual({ state: 'skipped', code: 'source.svg' });
});

it('tells folders, presets and filters to who may only run over the library, and folders to no one who sees neither', async () => {
  const folder = async (name: string, parent?: number) =>
    (
      await request(admin.url, 'POST', '/upload/folders', {
        bearer: admin.jwt,
        json: { name, ...(parent ? { parent } : {}) },
      })
    ).data.id as number;
  await folder('Cups', await folder('Kitchen'));
  const runner = await addUser(admin, 'runner', grants(['plugin::cutout.bulk']));
  const blind = await addUser(admin, 'no-library', grants(['plugin::cutout.read']));
  const payer = await addUser(admin, 'payer', grants(['plugin::cutout.usage.read', 'plugin::cutout.pay']));
  const foldersOf = async (who: Session) =>
    libraryFiltersResponse.parse(await call(who, 'GET', '/library/filters')).data.folders;
  for (const who of [runner, viewer]) {
    expect(await foldersOf(who)).toEqual(expect.arrayContaining(['/Kitchen', '/Kitchen/Cups']));
  }
  expect(await foldersOf(blind)).toEqual([]);
  const { data } = overviewResponse.parse(await call(runner, 'GET', '/overview'));
  expect(data.presets.map(({ name }) => name)).toContain('default');
  for (const route of ['/overview', '/library/filters']) {
    await expect(call(payer, 'GET', route)).rejects.toMatchObject({ status: 403 });
    expect((await fetch(`${admin.url}/cutout${route}`)).status).toBe(401);
  }
  await expect(call(runner, 'GET', '/library')).rejects.toMatchObject({ status: 403 });
});

it("shows and counts only what the media library's own permissions show", async () => {
  await add('of-somebody.jpg');
  const form = new FormData();
  form.set('files', new Blob([new Uint8Array(await disc((seed += 1)))], { type: 'image/jpeg' }), 'mine.jpg');
  await request(own.url, 'POST', '/upload', { bearer: own.jwt, form });
  const mine = await list('', own);
  expect(mine.data.map(({ name }) => name)).toEqual(['mine.jpg']);
  expect(mine.meta.pagination.total).toBe(1);
  expect(await names('', viewer)).toEqual(['mine.jpg', 'of-somebody.jpg']);
  const blind = await addUser(admin, 'blind', grants(['plugin::cutout.read']));
  await expect(call(blind, 'GET', '/library')).rejects.toMatchObject({ status: 403 });
});

it('changes many at once, and names those that this person may not change', async () => {
  const ids = [await add('a.jpg'), await add('b.jpg')];
  const form = new FormData();
  form.set('files', new Blob([new Uint8Array(await disc((seed += 1)))], { type: 'image/jpeg' }), 'mine.jpg');
  const [mine] = await request(own.url, 'POST', '/upload', { bearer: own.jwt, form });
  const answer = (await call(own, 'POST', '/assets/run', { ids: [...ids, mine.id, 999_999] })) as AssetsResponse;
  expect(answer.data.map(({ fileId }) => fileId)).toEqual([mine.id]);
  expect(answer.meta).toMatchObject({ forbidden: ids, missing: [999_999] });
  await idle(app);
  expect(await jobsOf(app, ids[0]!)).toEqual([]);
  await expect(call(viewer, 'POST', '/assets/run', { ids })).rejects.toMatchObject({ status: 403 });
  await expect(call(viewer, 'POST', '/assets/remove', { ids })).rejects.toMatchObject({ status: 403 });
  await runAll(ids);
  const removed = (await call(admin, 'POST', '/assets/remove', { ids })) as AssetsResponse;
  expect(removed.data.map(({ variants, optedOut }) => [variants.length, optedOut])).toEqual([
    [0, true],
    [0, true],
  ]);
  await expect(call(own, 'POST', '/assets/run', { ids: [mine.id], engine: 'remote' })).resolves.toMatchObject({
    meta: { forbidden: [mine.id] },
  });
});

describe('what a person accepts', () => {
  const view = async (id: number) => (await call(admin, 'GET', `/assets/${id}`)).data;

  it('needs no look any more, also after it is composed anew, until the cutout is made anew', async () => {
    const id = await add('doubtful.jpg');
    await runAll([id]);
    await setMatte(id, { confidence: 0.3 });
    expect(await view(id)).toMatchObject({ review: true, accepted: false });
    const { data } = await call(admin, 'POST', `/assets/${id}/accept`);
    expect(data).toMatchObject({ review: false, accepted: true, state: 'ready' });
    expect(await names('?state=review')).toEqual([]);
    expect(await names('?state=ready')).toEqual(['doubtful.jpg']);
    await runAll([id], { presets: ['card'] });
    expect((await formatsOf(id)).cutout_matte.cutout.accepted).toBe(true);
    await runAll([id], { force: true });
    expect((await formatsOf(id)).cutout_matte.cutout.accepted).toBeUndefined();
  });

  it('can be taken back', async () => {
    const id = await add('doubtful.jpg');
    await runAll([id]);
    await setMatte(id, { confidence: 0.3 });
    await call(admin, 'POST', `/assets/${id}/accept`);
    const { data } = await call(admin, 'DELETE', `/assets/${id}/accept`);
    expect(data).toMatchObject({ review: true, accepted: false });
  });

  it('takes the permission to edit that file, and a cutout', async () => {
    const id = await add('plain.jpg');
    await expect(call(viewer, 'POST', `/assets/${id}/accept`)).rejects.toMatchObject({ status: 403 });
    await expect(call(own, 'POST', `/assets/${id}/accept`)).rejects.toMatchObject({ status: 403 });
    await expect(call(own, 'DELETE', `/assets/${id}/accept`)).rejects.toMatchObject({ status: 403 });
    await expect(call(admin, 'POST', `/assets/${id}/accept`)).rejects.toMatchObject({ status: 404 });
  });
});

it('asks the database as often for a page of a hundred as for a page of ten, with conditions too', async () => {
  await addManyJobs(app.strapi, { count: 300, job: () => ({ state: 'done', finishedAt: new Date() }) });
  const count = async (query: string, session = admin) =>
    (await statementsOf(app.strapi, () => list(query, session))).filter(({ sql }) => /\bfiles\b/.test(sql)).length;
  expect(await count('?pageSize=100&state=none')).toBe(await count('?pageSize=10&state=none'));
  expect(await count('?pageSize=100')).toBe(3);
  expect(await count('?pageSize=100', own)).toBe(3);
});
