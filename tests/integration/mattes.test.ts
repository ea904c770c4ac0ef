import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { JOB } from '../../server/src/tables/jobs';
import { LEDGER } from '../../server/src/tables/ledger';
import { MATTE, type MatteRow } from '../../server/src/tables/mattes';
import { STORED_FILE } from '../../server/src/tables/files';
import { jobsOf } from '../support/core';
import { distinctPicture } from '../support/noise';
import {
  ended,
  ledgerRows,
  type RemoteApp,
  startRemoteApp,
  uploadDistinct,
  uploadPictures,
} from '../support/remote-app';

/** The matte as a thing of its own: found, adopted, put aside, corrected; and never paid for twice. */

jest.setTimeout(120_000);

let remote: RemoteApp;
beforeAll(async () => {
  remote = await startRemoteApp();
});
afterAll(() => remote.stop());
afterEach(() => remote.server.setFault(null));

const db = () => remote.app.strapi.db;
const charged = () => remote.server.credits.charged();
const calls = () => remote.server.calls.filter((call) => call.endpoint === 'rmbg').length;
const run = async (id: number, json: unknown) => {
  const headers = { authorization: `Bearer ${remote.session.jwt}`, 'content-type': 'application/json' };
  const url = `${remote.session.url}/cutout/assets/${id}/run`;
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(json) });
  expect(answer.status).toBe(200);
  return (await ended(remote, [id]))[0]!;
};
const made = async (): Promise<number> => {
  const [id] = (await uploadDistinct(remote, 1)) as [number];
  expect((await ended(remote, [id]))[0]).toMatchObject({ state: 'done' });
  return id;
};
const fileOf = async (id: number) => db().query('plugin::upload.file').findOne({ where: { id } });
const newestMatte = async () =>
  (await db()
    .query(MATTE)
    .findOne({ orderBy: { id: 'desc' } })) as MatteRow;
const stored = (url: string) => path.join(remote.app.dataDir, 'public', url);

it('is a row and a file of its own, which says what paid for it', async () => {
  const id = await made();
  const matte = await newestMatte();
  const [entry] = (await ledgerRows(remote)).slice(-1);
  expect(matte).toMatchObject({ engine: 'remote', state: 'stored', ledgerId: entry?.id, parentId: null, fileId: null });
  expect(typeof matte.confidence).toBe('number');
  const { formats } = await fileOf(id);
  expect(formats.cutout_matte.hash).not.toBe(matte.hash);
  expect(formats.cutout_matte.cutout).toMatchObject({ source: matte.sourceHash, matte: matte.hash });
});

it('outlives its asset, so that the same bytes cost nothing when they come back', async () => {
  const picture = await distinctPicture(2_000_001);
  const [id] = (await uploadPictures(remote.session, [picture])) as [number];
  await ended(remote, [id]);
  const before = charged();
  const headers = { authorization: `Bearer ${remote.session.token}` };
  await fetch(`${remote.session.url}/api/upload/files/${id}`, { method: 'DELETE', headers });
  const [again] = (await uploadPictures(remote.session, [picture])) as [number];
  expect((await ended(remote, [again]))[0]).toMatchObject({ state: 'done', chosen: { engine: 'remote' } });
  expect(charged()).toBe(before);
});

it('is adopted from the asset when the tables know nothing of it, as after a transfer', async () => {
  const id = await made();
  const before = charged();
  for (const uid of [MATTE, STORED_FILE, LEDGER])
    await db()
      .query(uid)
      .deleteMany({ where: { id: { $gt: 0 } } });
  expect(await run(id, { presets: ['card'] })).toMatchObject({ state: 'done' });
  expect(charged()).toBe(before);
  expect(await newestMatte()).toMatchObject({ state: 'stored', engine: 'remote', ledgerId: null });
});

it('is adopted from the asset when its own file is gone', async () => {
  const id = await made();
  const before = charged();
  rmSync(stored((await newestMatte()).format!.url));
  expect(await run(id, { presets: ['card'] })).toMatchObject({ state: 'done' });
  expect(charged()).toBe(before);
});

it('that is damaged is put aside, and the asset’s own copy takes its place for nothing', async () => {
  const id = await made();
  const before = charged();
  writeFileSync(stored((await newestMatte()).format!.url), 'no picture');
  expect(await run(id, { presets: ['card'] })).toMatchObject({ state: 'done' });
  expect(charged()).toBe(before);
});

it('that is damaged with its copy is told; only a person has it paid for again, and once', async () => {
  const id = await made();
  const before = charged();
  const matte = await newestMatte();
  writeFileSync(stored(matte.format!.url), 'no picture');
  writeFileSync(stored((await fileOf(id)).formats.cutout_matte.url), 'no picture either');
  expect(await run(id, { presets: ['card'] })).toMatchObject({ state: 'held', reasonCode: 'matte.damaged' });
  expect(
    await db()
      .query(MATTE)
      .findOne({ where: { id: matte.id } }),
  ).toMatchObject({ state: 'damaged', claim: null });
  expect(charged()).toBe(before);
  expect(await run(id, { force: true })).toMatchObject({ state: 'done', force: false });
  expect(charged()).toBe(before + 1);
});

it('has one decision cost one call, also when the call’s end is not known', async () => {
  remote.server.setFault({ kind: 'reset-after-body' }, 1);
  const [id] = (await uploadDistinct(remote, 1)) as [number];
  expect((await ended(remote, [id]))[0]).toMatchObject({ state: 'held', reasonCode: 'remote.outcome-unknown' });
  const before = calls();
  remote.server.setFault({ kind: 'reset-after-body' }, 1);
  const job = await run(id, { force: true });
  expect(job).toMatchObject({ state: 'held', reasonCode: 'remote.outcome-unknown', force: false });
  expect(calls()).toBe(before + 1);
  // As if the process had died in the middle, and another took the job up.
  await db()
    .query(JOB)
    .updateMany({ where: { id: job.id }, data: { state: 'queued', reasonCode: null, runAt: new Date() } });
  remote.app.cutout.queue.wake();
  expect((await ended(remote, [id]))[0]).toMatchObject({ state: 'held', reasonCode: 'remote.outcome-unknown' });
  expect(calls()).toBe(before + 1);
});

it('that a person corrected belongs to its asset, and never to another one of the same bytes', async () => {
  const picture = await distinctPicture(2_000_002);
  const [mine, other] = (await uploadPictures(remote.session, [picture, picture])) as [number, number];
  await ended(remote, [mine, other]);
  const { mattes } = remote.app.cutout;
  const parent = await newestMatte();
  const { width, height } = await sharp(picture).metadata();
  const file = path.join(remote.app.dataDir, 'corrected.png');
  const white = sharp({ create: { width, height, channels: 3, background: '#ffffff' } }).toColourspace('b-w');
  const { size } = await white.png().toFile(file);
  const corrected = { path: file, ext: '.png', mime: 'image/png', width, height, bytes: size };
  await mattes.use(await mattes.store({ parent, fileId: mine, picture: corrected, madeBy: '1' }));

  for (const id of [mine, other]) await run(id, { presets: ['card'] });
  const provenance = async (id: number) => (await fileOf(id)).formats.cutout_matte.cutout;
  expect(await provenance(mine)).toMatchObject({ corrected: true });
  expect((await provenance(other)).corrected).toBeUndefined();
  expect((await jobsOf(remote.app, mine)).at(-1)?.chosen?.why).toMatch(/corrected by a person/);

  const strangers = mattes.store({ parent: await newestMatte(), fileId: other, picture: corrected, madeBy: '1' });
  await expect(strangers).rejects.toMatchObject({ code: 'options.invalid' });
  await mattes.takeBack(mine);
  await run(mine, { presets: ['thumb'] });
  expect((await provenance(mine)).corrected).toBeUndefined();
});
