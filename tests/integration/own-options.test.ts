import path from 'node:path';
import sharp from 'sharp';
import { request, type Session } from '../../scripts/lib/client';
import { assetResponse, type AssetView, editorResponse } from '../../server/src/api/contracts';
import type { CutoutTask } from '../../server/src/pool/contract';
import { ASSET, type AssetRow } from '../../server/src/tables/assets';
import { MATTE, type MatteRow } from '../../server/src/tables/mattes';
import { type CoreApp, discard, idle, jobsOf, upload } from '../support/core';
import { startQuickApp } from '../support/quick-app';
import { disc } from '../support/quick-model';
import { addUser, grants } from '../support/roles';
import { until } from '../support/until';

/** What a person wishes for one image: compose options in place of a preset's, and the effort of its matte. */

jest.setTimeout(120_000);

let app: CoreApp;
let admin: Session;
let seed = 500;
/** Runs of the model since a test began. */
let runs = 0;
/** What picture tasks wait for. */
let gate: Promise<void> = Promise.resolve();

const presets = {
  card: { bg_color: '#ffffff', format: 'png', sizes: [64] },
  thumb: { w: 80, h: 60, format: 'png' },
};

beforeAll(async () => {
  ({ app, session: admin } = await startQuickApp({
    presets,
    rules: { everything: { engine: 'local', presets: ['default', 'card'] } },
    render: { mode: 'presets' },
  }));
  const { pool } = app.cutout;
  const run = pool.run.bind(pool);
  pool.run = async (name, task, options) => {
    if (name === 'cutout' && (task as CutoutTask).matte.kind === 'model') runs += 1;
    if (name === 'cutout') await gate;
    return run(name, task, options);
  };
}, 180_000);
afterAll(() => discard(app));
beforeEach(() => {
  runs = 0;
});

const make = async (): Promise<number> => {
  const { id } = await upload(admin, {
    name: `disc-${(seed += 1)}.jpg`,
    bytes: await disc(seed),
    type: 'image/jpeg',
  });
  await idle(app);
  runs = 0;
  return id;
};
const put = async (id: number, preset: string, options: object, { jwt } = admin): Promise<AssetView> => {
  const json = { preset, options };
  return assetResponse.parse(await request(admin.url, 'PUT', `/cutout/assets/${id}/options`, { bearer: jwt, json }))
    .data;
};
const back = (id: number, preset: string, { jwt } = admin) =>
  request(admin.url, 'DELETE', `/cutout/assets/${id}/options?preset=${preset}`, { bearer: jwt });
const viewOf = async (id: number): Promise<AssetView> =>
  (await request(admin.url, 'GET', `/cutout/assets/${id}`, { bearer: admin.jwt })).data;
const runIt = (id: number, json: object = {}) =>
  request(admin.url, 'POST', `/cutout/assets/${id}/run`, { bearer: admin.jwt, json });
const formatsOf = async (id: number) =>
  (await app.strapi.db.query('plugin::upload.file').findOne({ where: { id } })).formats;
const wishOf = async (id: number) =>
  ((await app.strapi.db.query(ASSET).findOne({ where: { fileId: id } })) as AssetRow | null)?.wish ?? null;
const colourOf = async (bytes: Buffer | string): Promise<number[]> => {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  return [...data.subarray(0, info.channels)].map((value) => (value > 200 ? 255 : value < 40 ? 0 : value));
};
/** Of the upper left pixel, which is ground. */
const ground = async (id: number, key = 'cutout_card'): Promise<number[]> =>
  colourOf(path.join(app.dataDir, 'public', (await formatsOf(id))[key].url));
const RED = [255, 0, 0];
const GREEN = [0, 255, 0];
const WHITE = [255, 255, 255];
const red = { bg_color: '#ff0000', format: 'png' };
const green = { bg_color: '#00ff00', format: 'png' };

describe('options of one image', () => {
  it('make its variant anew of the stored matte, with the preset’s sizes, and are told', async () => {
    const [id, other] = [await make(), await make()];
    expect(await ground(id)).toEqual(WHITE);
    const matte = (await formatsOf(id)).cutout_matte.hash;
    const answer = await put(id, 'card', red);
    expect(answer).toMatchObject({ ownOptions: ['card'], wish: { options: { card: { bg_color: '#ff0000ff' } } } });
    await idle(app);
    expect([await ground(id), await ground(id, 'cutout_card_64'), await ground(other)]).toEqual([RED, RED, WHITE]);
    expect((await formatsOf(id)).cutout_matte.hash).toBe(matte);
    expect(runs).toBe(0);
    expect(await viewOf(id)).toMatchObject({ state: 'ready', stale: [], ownOptions: ['card'] });
    expect(await viewOf(other)).toMatchObject({ ownOptions: [], wish: null });
    const told = await request(admin.url, 'GET', `/cutout/assets/${id}/editor`, { bearer: admin.jwt });
    expect(editorResponse.parse(told).data.presets).toMatchObject([
      { name: 'default', own: null, made: 'current' },
      { name: 'card', options: { bg_color: '#ffffffff' }, own: { bg_color: '#ff0000ff' }, made: 'current' },
      { name: 'thumb', own: null, made: null },
    ]);
  });

  it('stay through the reconciler, runs, forced runs and other wishes, and through a replace', async () => {
    const id = await make();
    await put(id, 'card', red);
    await idle(app);
    const jobs = (await jobsOf(app, id)).length;
    expect(await app.cutout.reconciler.run(new AbortController().signal)).toBe(0);
    await app.cutout.bulk.runFiles([id]);
    await app.cutout.planner.plan(id, { source: 'bulk', renew: true });
    await idle(app);
    expect(await jobsOf(app, id)).toHaveLength(jobs);
    await runIt(id, { presets: ['thumb'] });
    await idle(app);
    await runIt(id, { force: true });
    await idle(app);
    expect([await ground(id), await wishOf(id)]).toEqual([
      RED,
      { presets: ['card', 'thumb'], options: { card: expect.anything() } },
    ]);
    await upload(admin, { name: 'new.jpg', bytes: await disc((seed += 1)), type: 'image/jpeg', replace: id });
    await idle(app);
    expect(await ground(id)).toEqual(RED);
    expect(await viewOf(id)).toMatchObject({ state: 'ready', stale: [], ownOptions: ['card'] });
  });

  it('are what the image is rendered by under the preset’s name', async () => {
    const id = await make();
    const rendered = async () => {
      const url = `${admin.url}/api/cutout/files/${id}/render?preset=card`;
      const answer = await fetch(url, { headers: { authorization: `Bearer ${admin.token}` } });
      return colourOf(Buffer.from(await answer.arrayBuffer()));
    };
    expect(await rendered()).toEqual(WHITE);
    await put(id, 'card', red);
    expect(await rendered()).toEqual(RED);
    await back(id, 'card');
    expect(await rendered()).toEqual(WHITE);
    await idle(app);
  });

  it('are taken back: the variant is the preset’s again, of the same matte', async () => {
    const id = await make();
    await put(id, 'card', red);
    await idle(app);
    const answer = await back(id, 'card');
    expect(answer.data).toMatchObject({ ownOptions: [], wish: null });
    await idle(app);
    expect([await ground(id), runs]).toEqual([WHITE, 0]);
    await back(id, 'card');
    expect((await jobsOf(app, id)).at(-1)).toMatchObject({ state: 'done', composeOnly: true, presets: ['card'] });
  });

  it('go when the preset’s variant, or the whole cutout, is removed', async () => {
    const id = await make();
    await put(id, 'thumb', red);
    await put(id, 'card', red);
    await idle(app);
    expect(await ground(id, 'cutout_thumb')).toEqual(RED);
    const bearer = admin.token;
    await fetch(`${admin.url}/api/cutout/files/${id}/variants/thumb`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${bearer}` },
    });
    await idle(app);
    expect(await wishOf(id)).toEqual({ presets: ['card'], options: { card: expect.anything() } });
    await request(admin.url, 'DELETE', `/cutout/assets/${id}`, { bearer: admin.jwt });
    expect(await wishOf(id)).toBeNull();
    await runIt(id);
    await idle(app);
    expect(await ground(id)).toEqual(WHITE);
  });

  it('of two presets are given at once, and both are made', async () => {
    const id = await make();
    await Promise.all([put(id, 'card', red), put(id, 'thumb', green)]);
    await idle(app);
    expect([await ground(id), await ground(id, 'cutout_thumb'), runs]).toEqual([RED, GREEN, 0]);
    expect((await viewOf(id)).ownOptions.sort()).toEqual(['card', 'thumb']);
  });

  it('given while a cutout is made win in the end', async () => {
    const id = await make();
    let release!: () => void;
    gate = new Promise((resolve) => (release = resolve));
    try {
      await put(id, 'card', red);
      await until('the job runs', async () => (await jobsOf(app, id)).some(({ state }) => state === 'running'));
      await put(id, 'card', green);
    } finally {
      release();
      gate = Promise.resolve();
    }
    await idle(app);
    expect([await ground(id), (await viewOf(id)).state]).toEqual([GREEN, 'ready']);
  });

  it('taken back while they are made are back in the end', async () => {
    const id = await make();
    let release!: () => void;
    gate = new Promise((resolve) => (release = resolve));
    try {
      await put(id, 'card', red);
      await until('the job runs', async () => (await jobsOf(app, id)).some(({ state }) => state === 'running'));
      await back(id, 'card');
    } finally {
      release();
      gate = Promise.resolve();
    }
    await idle(app);
    expect([await ground(id), await wishOf(id)]).toEqual([WHITE, null]);
  });

  it('given before a claim are what the claimed job composes with', async () => {
    const id = await make();
    const { planner } = app.cutout;
    await app.strapi.db.query(ASSET).update({
      where: { fileId: id },
      data: { wish: { presets: ['card'], options: { card: { bg_color: '#00ff00', format: 'png' } } } },
    });
    const last = (await jobsOf(app, id)).at(-1)!;
    const renewed = await planner.renewed({ ...last, leaseToken: 'x' });
    expect(renewed).toMatchObject({ presets: ['card'], options: { card: { bg_color: '#00ff00' } } });
    expect(renewed?.ask).not.toBe(last.ask);
  });

  it.each([
    ['an unknown preset', 'none', {}, 400, /presets: expected names/],
    ['a wrong option', 'card', { w: 'wide' }, 400, /'w'/],
    ['an option that there is not', 'card', { colour: 1 }, 400, /Unknown option 'colour'/],
    ['a picture that is not there', 'card', { bg_image: 999_999 }, 400, /bg_image: expected the id/],
    ['a picture that no file holds', 'card', { w: 9999, h: 9999, format: 'avif', exact_resize: true }, 400, /holds at/],
  ])('are refused with %s, and nothing is changed', async (_, preset, options, status, message) => {
    const id = await make();
    await expect(put(id, preset, options)).rejects.toMatchObject({
      status,
      message: expect.stringMatching(message),
    });
    expect([await wishOf(id), (await jobsOf(app, id)).length]).toEqual([null, 1]);
  });

  it('need a cutout to make a picture of', async () => {
    const id = await make();
    await request(admin.url, 'DELETE', `/cutout/assets/${id}`, { bearer: admin.jwt });
    await expect(put(id, 'card', red)).rejects.toMatchObject({ status: 404 });
    await expect(put(999_999, 'card', red)).rejects.toMatchObject({ status: 404 });
  });

  it('are for who may edit cutouts, who needs no right to spend', async () => {
    const id = await make();
    const see = ['plugin::cutout.read', 'plugin::upload.read'];
    const viewer = await addUser(admin, 'viewer', grants(see));
    for (const refused of [put(id, 'card', red, viewer), back(id, 'card', viewer)]) {
      await expect(refused).rejects.toMatchObject({ status: 403 });
    }
    const can = [...see, 'plugin::cutout.edit', 'plugin::upload.assets.update'];
    const editor = await addUser(admin, 'painter', grants(can));
    await put(id, 'card', red, editor);
    await idle(app);
    expect(await ground(id)).toEqual(RED);
    await back(id, 'card', editor);
    await idle(app);
    expect(await ground(id)).toEqual(WHITE);
  });
});

describe('effort for one image', () => {
  const effortsOf = async (id: number) => {
    const { source } = (await formatsOf(id)).cutout_matte.cutout;
    const where = { sourceHash: source, state: 'stored' };
    const rows = (await app.strapi.db.query(MATTE).findMany({ where, orderBy: { id: 'asc' } })) as MatteRow[];
    return rows.map(({ effort }) => effort);
  };

  it('makes its matte anew with more, keeps that, and leaves all others alone', async () => {
    const [id, other] = [await make(), await make()];
    await runIt(id, { effort: 'best' });
    await idle(app);
    expect([await effortsOf(id), await effortsOf(other), runs]).toEqual([[null, 'best'], [null], 1]);
    expect((await formatsOf(id)).cutout.cutout).toMatchObject({ effort: 'best' });
    expect(await viewOf(id)).toMatchObject({ state: 'ready', stale: [], wish: { effort: 'best' } });
    expect(await viewOf(other)).toMatchObject({ wish: null });
    await runIt(id, { effort: 'best' });
    await app.cutout.planner.plan(id, { source: 'bulk', renew: true });
    await idle(app);
    expect(runs).toBe(1);

    await upload(admin, { name: 'new.jpg', bytes: await disc((seed += 1)), type: 'image/jpeg', replace: id });
    await idle(app);
    expect(await effortsOf(id)).toEqual(['best']);
    // The usual one takes the wish back; what was made with more serves it.
    const before = runs;
    await runIt(id, { effort: 'balanced' });
    await idle(app);
    expect([await wishOf(id), runs]).toEqual([null, before]);
  });

  it('is taken by the content API too', async () => {
    const id = await make();
    const answer = await fetch(`${admin.url}/api/cutout/files/${id}/process`, {
      method: 'POST',
      headers: { authorization: `Bearer ${admin.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ effort: 'best', wait: 20 }),
    });
    expect(answer.status).toBeLessThan(300);
    await idle(app);
    expect(await effortsOf(id)).toEqual([null, 'best']);
    await expect(runIt(id, { effort: 'most' })).rejects.toMatchObject({ status: 400 });
  });

  it('stays beside options that are given and taken back', async () => {
    const id = await make();
    await runIt(id, { effort: 'best' });
    await idle(app);
    await put(id, 'card', red);
    await idle(app);
    expect([await ground(id), await wishOf(id)]).toEqual([
      RED,
      { presets: ['card'], effort: 'best', options: { card: expect.anything() } },
    ]);
    await back(id, 'card');
    await idle(app);
    expect([await ground(id), await wishOf(id), runs]).toEqual([WHITE, { presets: [], effort: 'best' }, 1]);
  });
});
