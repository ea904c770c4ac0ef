import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { assetStatus, type Session } from '../../scripts/lib/client';
import { settingsResponse, type SettingsView } from '../../server/src/api/contracts';
import type { AssetFile } from '../../server/src/storage/original';
import { LEDGER } from '../../server/src/tables/ledger';
import { bootCore, type CoreApp, listen, removeData, upload } from '../support/core';
import { disc, QUICK, writeQuickModel } from '../support/quick-model';
import { addUser, grants } from '../support/roles';
import { until } from '../support/until';

/** Presets and rules that are set in the admin: who may, what is refused, and that images follow without a restart. */

let folder: string;
let app: CoreApp;
let admin: Session;
let version = 0;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cutout-presets-'));
  const { modelsDir } = writeQuickModel(path.join(folder, 'models'));
  const local = { model: QUICK, modelsDir, cacheDir: path.join(folder, 'cache') };
  app = await bootCore({
    config: { local, presets: { fixed: { w: 64 } }, rules: { folders: { '/Fixed': { presets: ['fixed'] } } } },
  });
  admin = await listen(app);
}, 180_000);
afterAll(async () => {
  await app.stop();
  removeData(app);
  rmSync(folder, { recursive: true, force: true });
});

const send = ({ url, jwt }: Session, method: string, route = '', json?: unknown) =>
  fetch(`${url}/cutout/settings${route}`, {
    method,
    headers: { authorization: `Bearer ${jwt}`, ...(json ? { 'content-type': 'application/json' } : {}) },
    ...(json ? { body: JSON.stringify(json) } : {}),
  });
async function view(answer: Promise<Response> = send(admin, 'GET')): Promise<SettingsView> {
  const got = await answer;
  const body: unknown = await got.json();
  if (got.status !== 200) throw new Error(JSON.stringify(body));
  const { data } = settingsResponse.parse(body);
  ({ version } = data);
  return data;
}
async function refusal(answer: Promise<Response>) {
  const got = await answer;
  const { error } = (await got.json()) as { error: { message: string; details: { code: string } } };
  return { status: got.status, code: error.details.code, message: error.message };
}
const setPreset = (name: string, options: object) => send(admin, 'PUT', `/presets/${name}`, { version, options });
const setRules = (rules: object) => send(admin, 'PUT', '/rules', { version, ...rules });
const local = (presets: string[]) => ({ engine: 'local', presets });
const newPicture = async (seed: number) =>
  (await upload(admin, { name: `disc-${seed}.jpg`, bytes: await disc(seed), type: 'image/jpeg' })).id;
/** What is seen in the corner of a variant, where there is hardly any of the subject. */
async function corner(id: number, key: string): Promise<'red' | 'blue' | null> {
  const { formats } = (await app.strapi.db.query('plugin::upload.file').findOne({ where: { id } })) as AssetFile;
  const variant = formats?.[key];
  if (!variant) return null;
  const bytes = await (await fetch(new URL(variant.url, admin.url))).arrayBuffer();
  const { data } = await sharp(Buffer.from(bytes)).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return data[0]! > 200 && data[2]! < 50 ? 'red' : data[2]! > 200 && data[0]! < 50 ? 'blue' : null;
}

it('a preset is set, checked, and taken back', async () => {
  const set = await view(setPreset('card', { bg_color: '#fff', format: 'png', quality: '' }));
  expect(set.presets).toContainEqual({
    ...{ name: 'card', source: 'admin', fields: ['Product: gallery'], rules: [] },
    options: { bg_color: '#ffffffff', format: 'png' },
  });
  expect(set.presets).toContainEqual(
    expect.objectContaining({ name: 'fixed', source: 'configuration', rules: ['/Fixed'] }),
  );

  expect(await refusal(setPreset('fixed', {}))).toMatchObject({ status: 409, code: 'settings.locked' });
  for (const name of ['Card', 'matte', '9x']) {
    expect(await refusal(setPreset(name, {}))).toMatchObject({ status: 400, code: 'options.invalid' });
  }
  const wrong = await refusal(setPreset('card', { w: -5 }));
  expect(wrong).toMatchObject({ status: 400, code: 'options.invalid' });
  expect(wrong.message).toContain("'w' must be at least 1");
  expect((await refusal(setPreset('card', { bg_image: 99_999 }))).message).toContain('bg_image: expected the id');
  expect(await refusal(send(admin, 'PUT', '/presets/card', { version: 0, options: {} }))).toMatchObject({
    ...{ status: 409, code: 'settings.changed' },
  });
  expect(
    (await view(send(admin, 'DELETE', `/presets/card?version=${version}`))).presets.map(({ name }) => name),
  ).toEqual([...['default', 'fixed']]);
});

it('images that are there already follow a rule, and then a changed preset, from their stored mattes', async () => {
  const id = await newPicture(1);
  await view(setPreset('card', { bg_color: '#ff0000', format: 'png' }));
  expect((await refusal(setRules({ everything: local(['none']), folders: {} }))).message).toContain("received 'none'");
  const { rules, presets } = await view(setRules({ everything: local(['card']), folders: {} }));
  expect(rules.everything).toEqual({ rule: local(['card']), source: 'admin' });
  expect(presets.find(({ name }) => name === 'card')?.rules).toEqual(['/']);
  await until('the picture has its variant', async () => (await corner(id, 'cutout_card')) === 'red', 60_000);
  const runs = await app.strapi.db.query(LEDGER).count();

  await view(setPreset('card', { bg_color: '#0000ff', format: 'png' }));
  await until('it is made anew', async () => (await corner(id, 'cutout_card')) === 'blue', 60_000);
  // No further run of the model.
  expect(await app.strapi.db.query(LEDGER).count()).toBe(runs);

  const inUse = await refusal(send(admin, 'DELETE', `/presets/card?version=${version}`));
  expect(inUse).toMatchObject({ status: 400, code: 'options.invalid' });
  expect(inUse.message).toContain('rules.everything.presets');
}, 120_000);

it('what is wanted and what is stale go by what is in force', async () => {
  const id = await newPicture(2);
  await until('it is made', async () => (await assetStatus(admin, id)).state === 'ready', 60_000);
  await view(setRules({ everything: null, folders: {} }));
  const other = await newPicture(3);
  expect((await assetStatus(admin, other)).state).toBe('none');
  expect((await view()).rules.everything).toEqual({ rule: null, source: 'default' });
}, 120_000);

it('a rule of config/plugins is locked; others stand beside it, and tell how many images they reach', async () => {
  expect(await refusal(setRules({ folders: { '/Fixed': local(['default']) } }))).toMatchObject({
    code: 'settings.locked',
  });
  const { rules } = await view(setRules({ folders: { '/Shoes v1.2': local(['card']) } }));
  expect(rules.folders).toEqual([
    { folder: '/Fixed', rule: local(['fixed']), source: 'configuration' },
    { folder: '/Shoes v1.2', rule: local(['card']), source: 'admin' },
  ]);
  const reach = async (query: string) => (await send(admin, 'GET', `/reach${query}`)).json();
  expect(await reach('')).toEqual({ data: { images: 3 } });
  const none = await refusal(send(admin, 'GET', '/reach?folder=/Nowhere'));
  expect(none).toMatchObject({ status: 400, code: 'options.invalid' });
});

it('who may change settings alone sets presets and free rules, and none that may cost credits', async () => {
  const alone = await addUser(admin, 'alone', grants(['plugin::cutout.settings']));
  const remote = { version, folders: { '/Shoes': { engine: 'remote', presets: ['default'] } } };
  expect(await refusal(send(alone, 'PUT', '/rules', remote))).toMatchObject({ status: 403, code: 'asset.forbidden' });
  await view(send(alone, 'PUT', '/rules', { version, folders: { '/Shoes': local(['card']) } }));
  await view(send(admin, 'PUT', '/rules', { ...remote, version }));
  // What was there already may stay.
  await view(send(alone, 'PUT', '/rules', { ...remote, version }));
  const others = ['read', 'edit', 'pay', 'bulk', 'usage.read'].map((name) => `plugin::cutout.${name}`);
  const without = await addUser(admin, 'without', grants(others));
  const requests = [
    ['PUT', '/presets/x', { version, options: {} }],
    ['DELETE', `/presets/card?version=${version}`],
    ['PUT', '/rules', { version, folders: {} }],
    ['GET', '/reach'],
  ] as const;
  for (const [method, route, json] of requests) expect((await send(without, method, route, json)).status).toBe(403);
}, 60_000);

it('are in force again after a restart', async () => {
  const { dataDir } = app;
  const { config } = app.cutout;
  const before = structuredClone({ presets: config.presets, rules: config.rules });
  await app.stop();
  app = await bootCore({
    dataDir,
    config: { presets: { fixed: { w: 64 } }, rules: { folders: { '/Fixed': { presets: ['fixed'] } } } },
  });
  expect({ presets: app.cutout.config.presets, rules: app.cutout.config.rules }).toEqual(before);
}, 60_000);
