import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createProduct, request, type Session } from '../../scripts/lib/client';
import { type EntriesRequest, entriesResponse } from '../../server/src/api/contracts';
import { ASSET } from '../../server/src/tables/assets';
import { JOB } from '../../server/src/tables/jobs';
import { type RembgServer, startRembgServer } from '../rembg-server/server';
import { type CoreApp, discard, idle, jobsOf } from '../support/core';
import { startQuickApp } from '../support/quick-app';
import { disc } from '../support/quick-model';
import { addUser, type Grant, grants, IS_CREATOR } from '../support/roles';
import { ofAssets, statementsOf } from '../support/rows-read';

const FILE = 'plugin::upload.file';
const PRODUCT = 'api::product.product';
const LIBRARY = ['plugin::upload.read', 'plugin::upload.assets.update'];
const EDIT = 'plugin::cutout.edit';
const FIELDS = ['title', 'photo', 'gallery', 'plain', 'detail.caption', 'detail.image', 'blocks'];

let app: CoreApp;
let admin: Session;
let server: RembgServer;
let folder: string;
let seed = 0;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cutout-entries-'));
  server = await startRembgServer();
  const { apiUrl, accountUrl, keys } = server;
  ({ app, session: admin } = await startQuickApp({
    remote: { apiKey: keys.premium, apiUrl, accountUrl, paidDir: path.join(folder, 'paid') },
    rules: { folders: { '/Paid': { engine: 'remote' } } },
    jobs: { reconcileMs: 3_600_000 },
  }));
}, 180_000);
afterAll(async () => {
  await discard(app);
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function photo(folderId?: number): Promise<number> {
  const form = new FormData();
  form.set('files', new Blob([new Uint8Array(await disc(++seed))], { type: 'image/jpeg' }), `disc-${seed}.jpg`);
  if (folderId) form.set('fileInfo', JSON.stringify({ folder: folderId }));
  const [asset] = await request(admin.url, 'POST', '/upload', { bearer: admin.jwt, form });
  return asset.id as number;
}

/** An entry as it is where cutouts were switched on after it was saved. */
async function entry(data: Record<string, unknown>): Promise<string> {
  const { documentId } = await createProduct(admin, { title: 'A product', ...data });
  await idle(app);
  for (const table of [JOB, ASSET]) await app.strapi.db.query(table).deleteMany({});
  await app.strapi.db.query(FILE).updateMany({ where: { id: { $gt: 0 } }, data: { formats: null } });
  return documentId;
}

async function send({ url, jwt }: Session, body: Partial<EntriesRequest>) {
  const headers = { authorization: `Bearer ${jwt}`, 'content-type': 'application/json' };
  const json = JSON.stringify({ contentType: PRODUCT, ...body });
  const response = await fetch(`${url}/cutout/entries`, { method: 'POST', headers, body: json });
  return { status: response.status, body: await response.json() };
}
async function ask(who: Session, body: Partial<EntriesRequest>) {
  const answer = await send(who, body);
  expect(answer).toMatchObject({ status: 200 });
  const parsed = entriesResponse.parse(answer.body);
  expect(parsed).toEqual(answer.body);
  return parsed.data;
}

const reads = (fields = FIELDS, conditions: string[] = []): Grant => ({
  action: 'plugin::content-manager.explorer.read',
  subject: PRODUCT,
  properties: { fields },
  conditions,
});

it('tells what would be made of the entries’ images, in components and dynamic zones too, and makes nothing', async () => {
  const [one, two, three, four, five] = [await photo(), await photo(), await photo(), await photo(), await photo()];
  const first = await entry({ photo: one, gallery: [one, two], plain: five });
  const second = await entry({
    detail: { caption: 'Detail', image: three },
    blocks: [{ __component: 'catalog.picture', caption: 'Zone', image: four }],
  });
  const found = await ask(admin, { documentIds: [first, second] });
  expect(found).toMatchObject({ entries: 2, forbidden: 0, unpaid: 0, asked: 0 });
  expect(found.plan).toMatchObject({ matching: 5, make: 4, unwanted: 1, credits: { atMost: 0 } });
  expect(await app.strapi.db.query(JOB).count()).toBe(0);

  expect(await ask(admin, { documentIds: [first, second], start: true })).toMatchObject({ asked: 4 });
  await idle(app);
  expect((await jobsOf(app, four)).map(({ state, source }) => [state, source])).toEqual([['done', 'bulk']]);
  expect(await jobsOf(app, five)).toEqual([]);
  const again = await ask(admin, { documentIds: [first, second], start: true });
  expect(again).toMatchObject({ asked: 0, plan: { make: 0, done: 4 } });
});

it('reads only entries and fields that the role may read', async () => {
  const [one, two] = [await photo(), await photo()];
  const documentIds = [await entry({ photo: one, detail: { image: two } })];
  const asUser = async (name: string, content: Grant[], plugin = [EDIT]) =>
    addUser(admin, name, [...content, ...grants([...LIBRARY, ...plugin])]);
  const matching = async (who: Session) => (await ask(who, { documentIds })).plan.matching;
  expect(await matching(await asUser('reader', [reads()]))).toBe(2);
  expect(await matching(await asUser('half', [reads(['title', 'photo'])]))).toBe(1);
  const own = await asUser('own', [reads(FIELDS, [IS_CREATOR])]);
  expect(await ask(own, { documentIds })).toMatchObject({ entries: 0, plan: { matching: 0 } });
  expect((await send(await asUser('outsider', []), { documentIds })).status).toBe(403);
  expect((await send(await asUser('viewer', [reads()], ['plugin::cutout.read']), { documentIds })).status).toBe(403);
});

it('leaves out files that the role may not change, and those that it may not pay for', async () => {
  const made = await request(admin.url, 'POST', '/upload/folders', {
    bearer: admin.jwt,
    json: { name: 'Paid', parent: null },
  });
  const [free, paid] = [await photo(), await photo(made.data.id)];
  const documentIds = [await entry({ plain: paid, photo: free })];
  const stranger = await addUser(admin, 'stranger', [reads(), ...grants(LIBRARY, [IS_CREATOR]), ...grants([EDIT])]);
  expect(await ask(stranger, { documentIds, start: true })).toMatchObject({ forbidden: 2, asked: 0 });
  const saver = await addUser(admin, 'saver', [reads(), ...grants([...LIBRARY, EDIT])]);
  const seen = await ask(saver, { documentIds, start: true });
  expect(seen).toMatchObject({ unpaid: 1, asked: 1, plan: { credits: { atMost: 0, spendable: null } } });
  await idle(app);
  expect(await jobsOf(app, paid)).toEqual([]);
  const before = server.credits.charged();
  const payer = await addUser(admin, 'payer', [reads(), ...grants([...LIBRARY, EDIT, 'plugin::cutout.pay'])]);
  const { plan } = await ask(payer, { documentIds });
  expect(plan).toMatchObject({ make: 1, done: 1, credits: { atLeast: 1, atMost: 1 } });
  expect((await ask(admin, { documentIds })).plan.credits.spendable).toBeGreaterThan(0);
  await ask(payer, { documentIds, start: true });
  await idle(app);
  expect((await jobsOf(app, paid)).map(({ state, chosen }) => [state, chosen?.engine])).toEqual([['done', 'remote']]);
  // Its upload paid for these bytes.
  expect(server.credits.charged()).toBe(before);
});

it('takes as many statements for many entries as for one', async () => {
  const documentIds = [];
  for (let at = 0; at < 6; at += 1) {
    const [one, two, three] = [await photo(), await photo(), await photo()];
    documentIds.push(
      await entry({ photo: one, gallery: [two], blocks: [{ __component: 'catalog.picture', image: three }] }),
    );
  }
  const count = async (ids: string[]) =>
    ofAssets(await statementsOf(app.strapi, () => ask(admin, { documentIds: ids }))).length;
  expect(await count(documentIds)).toBe(await count(documentIds.slice(0, 1)));
});

it('refuses too many entries, and types that there are not', async () => {
  const many = Array.from({ length: 101 }, (_, at) => `x${at}`);
  expect((await send(admin, { documentIds: many })).status).toBe(400);
  expect((await send(admin, { documentIds: [] })).status).toBe(400);
  const { status, body } = await send(admin, { contentType: 'api::gone.gone', documentIds: ['x'] });
  expect([status, body.error.details.code]).toEqual([400, 'options.invalid']);
});
