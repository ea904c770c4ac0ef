import { readdirSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { request, type Session } from '../../scripts/lib/client';
import { assetResponse, type AssetView, editorResponse } from '../../server/src/api/contracts';
import type { CutoutTask } from '../../server/src/pool/contract';
import { type CoreApp, discard, idle, jobsOf, upload } from '../support/core';
import { startQuickApp } from '../support/quick-app';
import { disc } from '../support/quick-model';
import { addUser, grants } from '../support/roles';
import { until } from '../support/until';

/** What the editor asks: an asset's matte, a person's correction of it, and a preview. */

const [WIDTH, HEIGHT] = [320, 240];

let app: CoreApp;
let admin: Session;
let viewer: Session;
let seed = 0;
/** Model runs since a test began. */
let runs = 0;
/** What picture tasks wait for, and those that read a correction. */
let gate: Promise<void> = Promise.resolve();
let correctGate: Promise<void> = Promise.resolve();
/** Corrections that were read, or wait for the gate. */
let corrections = 0;

beforeAll(async () => {
  ({ app, session: admin } = await startQuickApp({ presets: { card: { bg_color: '#fff', format: 'png' } } }));
  viewer = await addUser(admin, 'viewer', grants(['plugin::cutout.read', 'plugin::upload.read']));
  const { pool } = app.cutout;
  const run = pool.run.bind(pool);
  pool.run = async (name, task, options) => {
    if (name === 'cutout' && (task as CutoutTask).matte.kind === 'model') runs += 1;
    if (name === 'cutout') await gate;
    if (name === 'correct') {
      corrections += 1;
      await correctGate;
    }
    return run(name, task, options);
  };
}, 180_000);
afterAll(() => discard(app));

const make = async (bytes?: Buffer): Promise<number> => {
  const picture = bytes ?? (await disc((seed += 1)));
  const { id } = await upload(admin, { name: `disc-${(seed += 1)}.jpg`, bytes: picture, type: 'image/jpeg' });
  await request(admin.url, 'POST', `/cutout/assets/${id}/run`, {
    bearer: admin.jwt,
    json: { presets: ['default', 'card'] },
  });
  await idle(app);
  runs = 0;
  return id;
};
const ask = (id: number, what: string, { jwt } = admin) =>
  fetch(`${admin.url}/cutout/assets/${id}/${what}`, { headers: { authorization: `Bearer ${jwt}` } });
const save = async (id: number, bytes: Buffer, { jwt } = admin): Promise<AssetView> => {
  const form = new FormData();
  form.set('files', new Blob([new Uint8Array(bytes)], { type: 'image/png' }), 'matte.png');
  const answer = await request(admin.url, 'PUT', `/cutout/assets/${id}/matte`, { bearer: jwt, form });
  return assetResponse.parse(answer).data;
};
/** Only what is opaque is changed. */
const patch = async (id: number, bytes: Buffer): Promise<void> => {
  const form = new FormData();
  form.set('files', new Blob([new Uint8Array(bytes)], { type: 'image/png' }), 'matte.png');
  await request(admin.url, 'PUT', `/cutout/assets/${id}/matte?keep=transparent`, { bearer: admin.jwt, form });
};
const takeBack = (id: number) => request(admin.url, 'DELETE', `/cutout/assets/${id}/matte`, { bearer: admin.jwt });
const matteOf = async (id: number) => Buffer.from(await (await ask(id, 'matte')).arrayBuffer());
const formatsOf = async (id: number) =>
  (await app.strapi.db.query('plugin::upload.file').findOne({ where: { id } })).formats;
const stored = async (id: number, key: string) =>
  sharp(path.join(app.dataDir, 'public', (await formatsOf(id))[key].url))
    .raw()
    .toBuffer({ resolveWithObject: true });
/** Of the middle, where the disc is. */
const middle = async (id: number, key = 'cutout'): Promise<number[]> => {
  const { data, info } = await stored(id, key);
  const at = (Math.floor(info.height / 2) * info.width + Math.floor(info.width / 2)) * info.channels;
  return [...data.subarray(at, at + info.channels)];
};
/** As a canvas sends it: three equal channels beside an opaque fourth. */
const grey = (value: number, width = WIDTH, height = HEIGHT) =>
  sharp({ create: { width, height, channels: 4, background: { r: value, g: value, b: value, alpha: 1 } } })
    .png()
    .toBuffer();

it('gives the matte as a grey picture of the original’s size, to who may see the file', async () => {
  const id = await make();
  const answer = await ask(id, 'matte', viewer);
  expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([
    200,
    'image/png',
    'private, no-store',
  ]);
  const facts = await sharp(Buffer.from(await answer.arrayBuffer())).metadata();
  expect(facts).toMatchObject({ width: WIDTH, height: HEIGHT, channels: 1, format: 'png' });
});

it('keeps the stored matte where a smaller correction is transparent', async () => {
  const id = await make();
  const pixels = async () => {
    const matte = sharp(await matteOf(id)).toColourspace('b-w');
    return matte.extractChannel(0).raw().toBuffer();
  };
  const before = await pixels();
  // The left half of a picture of half the size.
  const [width, height] = [WIDTH / 2, HEIGHT / 2];
  const left = { create: { width: width / 2, height, channels: 3 as const, background: '#404040' } };
  const clear = { create: { width, height, channels: 4 as const, background: { r: 0, g: 0, b: 0, alpha: 0 } } };
  const input = await sharp(left).png().toBuffer();
  await patch(
    id,
    await sharp(clear)
      .composite([{ input, left: 0, top: 0 }])
      .png()
      .toBuffer(),
  );
  await idle(app);
  const after = await pixels();
  const wrong = [...after.keys()].filter((at) => {
    const x = at % WIDTH;
    if (x < WIDTH / 2 - 4) return after[at] !== 0x40;
    return x >= WIDTH / 2 + 4 && after[at] !== before[at];
  });
  expect([before.length, wrong]).toEqual([WIDTH * HEIGHT, []]);
});

it('composes all that the asset has from a corrected matte, without a run of the model, and of no other asset', async () => {
  const bytes = await disc(9001);
  const [mine, other] = [await make(bytes), await make(bytes)];
  expect((await middle(mine))[3]).toBe(255);
  await save(mine, await grey(0));
  await idle(app);
  expect((await middle(mine))[3]).toBe(0);
  expect((await middle(mine, 'cutout_card')).slice(0, 3)).toEqual([255, 255, 255]);
  expect((await middle(other))[3]).toBe(255);
  expect(runs).toBe(0);
  const { data } = await request(admin.url, 'GET', `/cutout/assets/${mine}`, { bearer: admin.jwt });
  expect(data).toMatchObject({ state: 'ready', corrected: true });
  const row = await app.strapi.db.query('plugin::cutout.matte').findOne({ where: { fileId: mine, state: 'stored' } });
  expect(row).toMatchObject({ source: 'admin', madeBy: expect.stringMatching(/^\d+$/) });
});

it('takes a correction of a correction, and goes back to the automatic one', async () => {
  const id = await make();
  const automatic = await matteOf(id);
  await save(id, await grey(0));
  await idle(app);
  // Smaller in the same proportions, as of a picture that is too large to paint on.
  await save(id, await grey(128, WIDTH / 2, HEIGHT / 2));
  await idle(app);
  expect((await middle(id))[3]).toBe(128);
  await takeBack(id);
  await idle(app);
  expect((await middle(id))[3]).toBe(255);
  expect(await matteOf(id)).toEqual(automatic);
  expect((await formatsOf(id)).cutout_matte.cutout.corrected).toBeUndefined();
  expect(runs).toBe(0);
});

it.each([
  ['other proportions', () => grey(0, WIDTH, WIDTH), 400],
  ['a larger picture', () => grey(0, WIDTH * 2, HEIGHT * 2), 400],
  ['no picture', async () => Buffer.from('no picture'), 400],
])('refuses %s, and changes nothing', async (_, bytes, status) => {
  const id = await make();
  const [before, jobs] = [await formatsOf(id), (await jobsOf(app, id)).length];
  await expect(save(id, await bytes())).rejects.toMatchObject({ status });
  expect(await formatsOf(id)).toEqual(before);
  expect(await jobsOf(app, id)).toHaveLength(jobs);
  expect(await app.strapi.db.query('plugin::cutout.matte').count({ where: { fileId: id } })).toBe(0);
});

it('waits for a cutout that is being made, and leaves it to who may edit', async () => {
  const id = await make();
  await expect(save(id, await grey(0), viewer)).rejects.toMatchObject({ status: 403 });
  const none = await upload(admin, { name: 'none.jpg', bytes: await disc((seed += 1)), type: 'image/jpeg' });
  expect((await ask(none.id, 'matte')).status).toBe(404);
  await expect(save(none.id, await grey(0))).rejects.toMatchObject({ status: 404 });

  let release!: () => void;
  gate = new Promise((resolve) => (release = resolve));
  try {
    await request(admin.url, 'POST', `/cutout/assets/${id}/run`, { bearer: admin.jwt, json: { force: true } });
    await until('the job runs', async () => (await jobsOf(app, id)).some(({ state }) => state === 'running'));
    await expect(save(id, await grey(0))).rejects.toMatchObject({ status: 409 });
  } finally {
    release();
  }
  await idle(app);
});

it('leaves a job that began meanwhile alone: what it made of the old matte and the correction never meet', async () => {
  const id = await make();
  const before = await formatsOf(id);
  let letCorrect!: () => void;
  let letMake!: () => void;
  correctGate = new Promise((resolve) => (letCorrect = resolve));
  gate = new Promise((resolve) => (letMake = resolve));
  const earlier = corrections;
  try {
    const saved = save(id, await grey(0)).then(
      () => 'saved',
      (error: { status: number }) => error.status,
    );
    await until('the save has found that nothing runs', async () => corrections > earlier);
    await request(admin.url, 'POST', `/cutout/assets/${id}/run`, { bearer: admin.jwt, json: { force: true } });
    await until('the job runs', async () => (await jobsOf(app, id)).some(({ state }) => state === 'running'));
    letCorrect();
    expect(await saved).toBe(409);
  } finally {
    letCorrect();
    letMake();
    [gate, correctGate] = [Promise.resolve(), Promise.resolve()];
  }
  await idle(app);
  expect((await middle(id))[3]).toBe(255);
  expect((await formatsOf(id)).cutout_matte.cutout).toMatchObject({ source: before.cutout_matte.cutout.source });
  const kept = await app.strapi.db.query('plugin::cutout.matte').count({ where: { fileId: id, state: 'stored' } });
  expect(kept).toBe(0);
  // And once it is quiet it is taken.
  await save(id, await grey(0));
  await idle(app);
  expect((await middle(id))[3]).toBe(0);
});

it('sends a matte piece by piece, with its length, and closes it when the caller goes', async () => {
  const [width, height] = [3000, 2400];
  const id = await make(await disc((seed += 1), { width, height }));
  const noise = await sharp({
    create: { width, height, channels: 3, background: '#000', noise: { type: 'gaussian', mean: 128, sigma: 60 } },
  })
    .png()
    .toBuffer();
  await save(id, noise);
  await idle(app);
  const opened = () =>
    readdirSync('/proc/self/fd').filter((fd) => {
      try {
        return /stored-.*\.png/.test(readlinkSync(`/proc/self/fd/${fd}`));
      } catch {
        return false;
      }
    });
  const gone = new AbortController();
  const answer = await fetch(`${admin.url}/cutout/assets/${id}/matte`, {
    headers: { authorization: `Bearer ${admin.jwt}` },
    signal: gone.signal,
  });
  expect(Number(answer.headers.get('content-length'))).toBeGreaterThan(6e6);
  expect(opened()).toHaveLength(1);
  gone.abort();
  await until('it is closed', async () => opened().length === 0);
  const whole = await matteOf(id);
  expect(await sharp(whole).metadata()).toMatchObject({ width, height });
  await until('it is closed', async () => opened().length === 0);
});

it('tells the editor where a matte came from, by id and documentId, to who may see the file', async () => {
  const id = await make();
  const { documentId } = await app.strapi.db.query('plugin::upload.file').findOne({ where: { id } });
  const told = async (named: number | string) => editorResponse.parse(await (await asked(named)).json()).data;
  const asked = (named: number | string, { jwt } = viewer) =>
    fetch(`${admin.url}/cutout/assets/${named}/editor`, { headers: { authorization: `Bearer ${jwt}` } });
  const automatic = await told(id);
  expect(automatic).toMatchObject({
    ...{ fileId: id, width: WIDTH, height: HEIGHT },
    presets: [
      { name: 'default', options: {}, made: 'current' },
      { name: 'card', options: { bg_color: '#ffffffff', format: 'png' }, made: 'current' },
    ],
    provenance: {
      ...{ engine: 'local', model: 'quick', license: { id: 'MIT' }, credits: 0, correctedAt: null },
      ...{ madeAt: expect.any(String), source: expect.stringMatching(/^[0-9a-f]{64}$/) },
    },
  });
  expect(await told(documentId)).toEqual(automatic);
  await save(id, await grey(0));
  await idle(app);
  const corrected = (await told(id)).provenance;
  expect(corrected).toMatchObject({ ...automatic.provenance, correctedAt: expect.any(String) });
  const stranger = await addUser(admin, 'stranger', grants(['plugin::cutout.read']));
  expect((await asked(id, stranger)).status).toBe(403);
  expect((await asked('aaaaaaaaaaaaaaaaaaaaaaaa')).status).toBe(404);
});

it('gives the original as a browser can paint on it: upright, and no larger than it can hold', async () => {
  const turned = await sharp(await disc((seed += 1), { width: 2400, height: 1200 }))
    .withMetadata({ orientation: 6 })
    .tiff()
    .toBuffer();
  const { id } = await upload(admin, { name: 'turned.tiff', bytes: turned, type: 'image/tiff' });
  const answer = await ask(id, 'original', viewer);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
  const facts = await sharp(Buffer.from(await answer.arrayBuffer())).metadata();
  expect(facts).toMatchObject({ width: 1024, height: 2048 });
});

it('shows what options would make of it, also where sites may not', async () => {
  const id = await make();
  const answer = await ask(id, 'preview?preset=card&w=80&format=png&bg_color=%23ff0000', viewer);
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, expect.stringContaining('private')]);
  const { data, info } = await sharp(Buffer.from(await answer.arrayBuffer()))
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect(info.width).toBe(80);
  // The corner, which the model is not quite sure of.
  expect(data[0]).toBeGreaterThan(200);
  expect(data[1]).toBeLessThan(20);
  expect((await ask(id, 'preview?w=none')).status).toBe(400);
  expect(runs).toBe(0);
});
