import { randomBytes } from 'node:crypto';
import type { Session } from '../../scripts/lib/client';
import { doctorResponse, settingsResponse, type SettingsView } from '../../server/src/api/contracts';
import { JOB } from '../../server/src/tables/jobs';
import { bootCore, type CoreApp, holdJobs, listen, removeData } from '../support/core';
import { addManyJobs } from '../support/many-jobs';
import { addUser, grants } from '../support/roles';
import { until } from '../support/until';

/** `/cutout/settings`: what may be set in the admin, who may, how the key is kept, and that a start goes by it. */

const KEY = 'rk_live_0123456789_abcd';
const WORD = 'open-sesame-redis';
const PLACE = { type: 'plugin', name: 'cutout', key: 'settings' } as const;
const config = {
  queue: { redis: `redis://me:${WORD}@127.0.0.1:1` },
  // Nobody listens there.
  remote: { budget: { reserve: 5 }, apiUrl: 'http://127.0.0.1:1', accountUrl: 'http://127.0.0.1:1' },
};

let app: CoreApp;
let admin: Session;
beforeAll(async () => {
  app = await bootCore({ config });
  admin = await listen(app);
  holdJobs(app);
}, 180_000);
afterAll(async () => {
  await app.stop();
  removeData(app);
});

const send = ({ url, jwt }: Session, method: string, route = '', json?: unknown) =>
  fetch(`${url}/cutout/settings${route}`, {
    method,
    headers: { authorization: `Bearer ${jwt}`, ...(json ? { 'content-type': 'application/json' } : {}) },
    ...(json ? { body: JSON.stringify(json) } : {}),
  });
async function view(answer: Promise<Response> = send(admin, 'GET')): Promise<SettingsView> {
  const got = await answer;
  expect(got.status).toBe(200);
  return settingsResponse.parse(await got.json()).data;
}
async function refusal(answer: Promise<Response>) {
  const got = await answer;
  const { error } = (await got.json()) as { error: { message: string; details: { code: string } } };
  return { status: got.status, code: error.details.code, message: error.message };
}
const stored = async () => JSON.stringify(await app.strapi.store.get(PLACE));

/** Boots on the same data again, with another configuration where one is given. */
async function restart(changed: object = config): Promise<void> {
  const { dataDir } = app;
  await app.stop();
  app = await bootCore({ dataDir, config: changed as Record<string, unknown> });
  admin = await listen(app, admin);
  holdJobs(app);
}

it('are for those alone who have the permission', async () => {
  const others = ['read', 'edit', 'pay', 'bulk', 'usage.read'].map((name) => `plugin::cutout.${name}`);
  const without = await addUser(admin, 'without', grants(others));
  const requests = [
    ['GET', ''],
    ['PUT', '', { version: 0, values: {} }],
    ['PUT', '/api-key', { version: 0, apiKey: KEY }],
    ['DELETE', '/api-key?version=0'],
  ] as const;
  for (const [method, route, json] of requests) expect((await send(without, method, route, json)).status).toBe(403);
  expect(await stored()).toBe('null');
  const alone = await addUser(admin, 'alone', grants(['plugin::cutout.settings']));
  expect((await send(alone, 'GET')).status).toBe(200);
}, 60_000);

it('tell where each value comes from, and no secret', async () => {
  const { version, values, groups, apiKey } = await view();
  expect({ version, apiKey }).toEqual({ version: 0, apiKey: { isSet: false, source: 'default', end: '' } });
  expect(values['remote.budget.reserve']).toEqual({ value: 5, source: 'configuration' });
  expect(values['remote.budget.credits']).toEqual({ value: null, source: 'default' });
  expect(groups.map(({ id }) => id)).toEqual(['engines', 'presets', 'rules', 'limits', 'queue', 'pictures']);
  expect(JSON.stringify(groups)).not.toContain(WORD);
});

it('refuse what is locked, not valid, or seen by nobody any more, and change nothing then', async () => {
  const values = { 'remote.budget.credits': 10 };
  expect(await refusal(send(admin, 'PUT', '', { version: 0, values: { 'remote.budget.reserve': 1 } }))).toMatchObject({
    ...{ status: 409, code: 'settings.locked' },
  });
  const invalid = await refusal(send(admin, 'PUT', '', { version: 0, values: { 'remote.budget.credits': -1 } }));
  expect(invalid).toMatchObject({ status: 400, code: 'options.invalid' });
  expect(invalid.message).toContain('remote.budget.credits: expected at least 0');
  expect(await refusal(send(admin, 'PUT', '', { version: 7, values }))).toMatchObject({ code: 'settings.changed' });
  expect((await send(admin, 'PUT', '', { version: 0, values: { 'local.model': 'u2net' } })).status).toBe(400);
  expect(await stored()).toBe('null');

  const both = await Promise.all([0, 0].map((version) => send(admin, 'PUT', '', { version, values })));
  expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  expect((await view()).version).toBe(1);
  // Without a restart.
  expect(app.cutout.config.remote.budget).toEqual({ credits: 10, reserve: 5, atLimit: 'hold' });
});

it('are taken up from the database too, as another node wrote them', async () => {
  const value = { version: 2, values: { 'remote.budget.credits': 11 }, apiKey: null };
  await app.strapi.store.set({ ...PLACE, value });
  await until('the round has seen it', async () => app.cutout.config.remote.budget.credits === 11);
  await app.strapi.store.set({ ...PLACE, value: { ...value, version: 1, values: { 'remote.budget.credits': 10 } } });
  await until('and seen it again', async () => app.cutout.config.remote.budget.credits === 10);
}, 60_000);

it('keep the API key encrypted, answer it to nobody, and go by it at once and after a start', async () => {
  const answer = await send(admin, 'PUT', '/api-key', { version: 1, apiKey: ` ${KEY} ` });
  const body = await answer.text();
  expect(answer.status).toBe(200);
  expect(JSON.parse(body)).toMatchObject({
    data: { version: 2, apiKey: { isSet: true, source: 'admin', end: 'abcd' } },
  });
  const after = await (await send(admin, 'GET')).text();
  for (const text of [body, after, await stored(), ...app.logs]) expect(text).not.toContain(KEY);
  expect(app.cutout.service).not.toBeNull();

  await restart();
  expect(app.cutout.config.remote).toMatchObject({ apiKey: KEY, budget: { credits: 10, reserve: 5 } });
  expect(app.cutout.service).not.toBeNull();
  const { problem, groups } = await view();
  expect(problem).toBeNull();
  const entries = groups.flatMap((group) => group.entries);
  expect(entries).toContainEqual({ path: 'remote.apiKey', value: 'true', source: 'admin' });
  expect(entries).toContainEqual({ path: 'remote.budget.credits', value: '10', source: 'admin' });
}, 60_000);

it('give way to config/plugins, as soon as it says something itself', async () => {
  await restart({ ...config, remote: { ...config.remote, apiKey: 'rk_of_the_file', budget: { credits: 3 } } });
  expect(app.cutout.config.remote).toMatchObject({ apiKey: 'rk_of_the_file', budget: { credits: 3, reserve: 0 } });
  const { apiKey, values } = await view();
  expect(apiKey).toEqual({ isSet: true, source: 'configuration', end: '' });
  expect(values['remote.budget.credits']).toEqual({ value: 3, source: 'configuration' });
  const locked = send(admin, 'PUT', '/api-key', { version: 2, apiKey: KEY });
  expect(await refusal(locked)).toMatchObject({ status: 409, code: 'settings.locked' });
}, 60_000);

it('do without a key that cannot be read any more, and say so', async () => {
  const before = process.env.ENCRYPTION_KEY;
  process.env.ENCRYPTION_KEY = randomBytes(32).toString('base64url');
  try {
    await restart();
    expect(app.cutout.service).toBeNull();
    expect(app.cutout.config.remote.budget.credits).toBe(10);
    expect((await view()).problem).toBe('key-unreadable');
    expect(app.logs.join('\n')).toContain('the API key that was set in the admin cannot be read');
  } finally {
    process.env.ENCRYPTION_KEY = before;
  }
}, 60_000);

it('take no key in clear where Strapi cannot encrypt it, and name the remedy', async () => {
  app.strapi.config.set('admin.secrets.encryptionKey', '');
  expect((await view()).canEncrypt).toBe(false);
  const refused = await refusal(send(admin, 'PUT', '/api-key', { version: 2, apiKey: KEY }));
  expect(refused).toMatchObject({ status: 409, code: 'settings.no-encryption' });
  expect(refused.message).toContain('admin.secrets.encryptionKey');
  const odd = await refusal(send(admin, 'PUT', '/api-key', { version: 2, apiKey: 'two words' }));
  expect(odd).toMatchObject({ status: 400, code: 'options.invalid' });
});

it('can be taken back, and never keep Strapi from starting', async () => {
  await view(send(admin, 'DELETE', '/api-key?version=2'));
  const later = new Date(Date.now() + 86_400_000);
  const waits = { state: 'queued', reasonCode: 'budget.reached', runAt: later, turnAt: later } as const;
  await addManyJobs(app.strapi, { count: 1, job: () => waits });
  const unset = { version: 3, unset: ['remote.budget.credits'] };
  expect((await view(send(admin, 'PUT', '', unset))).values['remote.budget.credits'].source).toBe('default');
  // What waited for the budget looks again at once.
  const jobs = app.strapi.db.query(JOB);
  expect(await jobs.count({ where: { runAt: { $lte: new Date(app.cutout.clock.now()) } } })).toBe(1);
  await jobs.deleteMany({});
  await app.strapi.store.set({
    ...PLACE,
    value: { version: 9, values: { 'remote.budget.atLimit': 'explode', 'remote.budget.credits': 7 }, apiKey: null },
  });
  await restart();
  expect((await view()).problem).toBe('invalid');
  // The limit that fits goes on.
  expect(app.cutout.config.remote.budget).toEqual({ credits: 7, reserve: 5, atLimit: 'hold' });
  const gone = { version: 9, unset: ['remote.budget.atLimit', 'remote.budget.credits'] };
  await view(send(admin, 'PUT', '', gone));
  await restart();
  expect(await view()).toMatchObject({ version: 10, problem: null });
}, 90_000);

describe('a budget that cannot be read', () => {
  const doctor = async () => {
    const headers = { authorization: `Bearer ${admin.jwt}` };
    const answer = await fetch(`${admin.url}/cutout/doctor`, { headers });
    const { checks } = doctorResponse.parse(await answer.json()).data;
    return checks.find(({ id }) => id === 'settings');
  };
  const held = { credits: 0, reserve: 5, atLimit: 'hold' };
  const setAgain = async (version: number) => {
    const again = await view(send(admin, 'PUT', '', { version, values: { 'remote.budget.credits': 20 } }));
    expect(again.problem).toBeNull();
    expect(app.cutout.config.remote.budget.credits).toBe(20);
    expect(await doctor()).toMatchObject({ state: 'ok', problem: null });
  };

  it.each([
    ['lost with all values', { values: 'gone' }],
    ['not one any more', { values: { 'remote.budget.credits': 'many' } }],
    ['beside words of another version', { values: { 'remote.budget.credits': [], 'remote.sauce': 1 } }],
  ])('%s, holds what would be spent, in a process that runs, until it is set again', async (_what, broken) => {
    const { version } = await view();
    await app.strapi.store.set({ ...PLACE, value: { version: version + 1, apiKey: null, ...broken } });
    await app.cutout.takeUpSettings();
    expect(app.cutout.config.remote.budget).toEqual(held);
    const told = await view();
    expect(told.problem).toBe('budget-unreadable');
    expect(told.values['remote.budget.credits']).toEqual({ value: 0, source: 'admin' });
    expect(await doctor()).toMatchObject({ state: 'error', problem: 'settings.budget-unreadable' });
    // Another change does not lift it.
    await view(send(admin, 'PUT', '', { version: version + 1, values: { 'local.reviewBelow': 0.2 } }));
    expect(app.cutout.config.remote.budget.credits).toBe(0);
    await setAgain(version + 2);
  });

  it('in a row that is no JSON holds it from the start, and the log says why', async () => {
    const rows = app.strapi.db.query('strapi::core-store');
    await rows.update({ where: { key: 'plugin_cutout_settings' }, data: { value: '{"version":12,"val' } });
    await restart();
    expect(app.cutout.config.remote.budget).toEqual(held);
    expect(app.logs.join('\n')).toContain('the budget that was set in the admin cannot be read');
    await setAgain(0);
  }, 60_000);

  it('of which something else cannot be read goes on, and that is told', async () => {
    const { version } = await view();
    const values = { 'remote.budget.credits': 6, 'remote.sauce': 1 };
    await app.strapi.store.set({ ...PLACE, value: { version: version + 1, values, apiKey: 'odd' } });
    await app.cutout.takeUpSettings();
    expect(app.cutout.config.remote.budget.credits).toBe(6);
    expect((await view()).problem).toBe('invalid');
    expect(await doctor()).toMatchObject({ state: 'warning', problem: 'settings.invalid' });
    await setAgain(version + 1);
  });
});
