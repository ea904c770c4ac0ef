import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { settingsResponse } from '../../server/src/api/contracts';
import { printOf } from '../../server/src/engines/remote/caller';
import { setApiKey } from '../../server/src/settings/change';
import { JOB } from '../../server/src/tables/jobs';
import { jobsOf } from '../support/core';
import { QUICK, writeQuickModel } from '../support/quick-model';
import { ended, endingPauses, ledgerRows, type RemoteApp, startRemoteApp, uploadDistinct } from '../support/remote-app';
import { until } from '../support/until';

/** An API key that is set, changed or forgotten in the admin while Strapi runs, which it goes on doing. */

jest.setTimeout(120_000);

let folder: string;
let remote: RemoteApp;
/** Every key that was set. */
const used: string[] = [];
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cutout-live-key-'));
  const { modelsDir } = writeQuickModel(path.join(folder, 'models'));
  const local = { model: QUICK, modelsDir, cacheDir: path.join(folder, 'cache'), noSubject: 'keep' };
  // A busy machine ends no call that only waits for the answer.
  const timeouts = { connect: 10_000, upload: 15_000, headers: 15_000, body: 15_000, total: 30_000 };
  remote = await startRemoteApp({ remote: { apiKey: null, timeouts }, config: { local, auto: { prefer: 'remote' } } });
});
afterAll(async () => {
  await remote?.stop();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(async () => {
  remote.server.setFault(null);
  await remote.app.strapi.db.query(JOB).deleteMany({ where: { state: { $in: ['queued', 'held'] } } });
  await forgetKey();
});

const newKey = (): string => remote.server.accounts.addKey();
const send = (method: string, route: string, json?: object) =>
  fetch(remote.session.url + route, {
    method,
    headers: { authorization: `Bearer ${remote.session.jwt}`, 'content-type': 'application/json' },
    ...(json ? { body: JSON.stringify(json) } : {}),
  });
const settings = async (method: 'GET' | 'PUT' | 'DELETE', route = '', json?: object) => {
  const answer = await send(method, `/cutout/settings${route}`, json);
  const body = await answer.text();
  for (const key of used) expect(body).not.toContain(key);
  expect(answer.status).toBe(200);
  return settingsResponse.parse(JSON.parse(body)).data;
};
const setKey = async (apiKey: string) => {
  used.push(apiKey);
  const { version } = await settings('GET');
  return settings('PUT', '/api-key', { version, apiKey });
};
const forgetKey = async () => settings('DELETE', `/api-key?version=${(await settings('GET')).version}`);

const waitsFor = (fileId: number, code: string) =>
  until(`asset ${fileId} waits for ${code}`, async () => {
    const job = (await jobsOf(remote.app, fileId)).at(-1);
    return job?.state === 'queued' && job.reasonCode === code && job;
  });
const charged = (key: string) => remote.server.accounts.find(key)!.charged;
const paidCalls = () => remote.server.calls.filter(({ endpoint }) => endpoint === 'rmbg');
const underWay = () => paidCalls().filter(({ answer }) => answer === 'open').length;
/** What the ledger says of each asset, in its order. */
const entriesOf = async (ids: number[]) => {
  const rows = await ledgerRows(remote);
  return ids.map((id) =>
    rows.filter(({ fileId }) => fileId === id).map(({ outcome, keyPrint }) => [outcome, keyPrint]),
  );
};
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

it('set: what waited for it is made, without a restart', async () => {
  const key = newKey();
  const [id] = (await uploadDistinct(remote, 1)) as [number];
  await waitsFor(id, 'remote.not-configured');
  const view = await setKey(key);
  expect(view.groups.flatMap(({ entries }) => entries)).toContainEqual({
    ...{ path: 'remote.apiKey', value: 'true', source: 'admin' },
  });
  // Long before its own pause is over.
  const [job] = await ended(remote, [id], 15_000);
  expect(job).toMatchObject({ state: 'done', chosen: { engine: 'remote' } });
  expect(await entriesOf([id])).toEqual([[['charged', printOf(key)]]]);
});

it('refused, then right: the stop belongs to the refused one', async () => {
  const key = newKey();
  await setKey('rembg_of_nobody_at_all');
  const ids = await uploadDistinct(remote, 3);
  for (const id of ids) await waitsFor(id, 'remote.invalid-key');
  expect(remote.app.cutout.service?.circuit.state()).toMatchObject({ kind: 'open', code: 'remote.invalid-key' });
  await setKey(key);
  const jobs = await ended(remote, ids, 15_000);
  expect(jobs.map(({ state }) => state)).toEqual(times(3, 'done'));
  await remote.app.cutout.service?.refresh();
  expect(remote.app.cutout.service?.circuit.state().kind).toBe('closed');
  expect(charged(key)).toBe(3);
});

it('asked to pause: the pause belongs to that key, on every node that knows of it', async () => {
  await setKey(newKey());
  remote.server.setFault({ kind: 'rate-limit', retryAfter: '600' }, 1);
  const [id] = (await uploadDistinct(remote, 1)) as [number];
  await waitsFor(id, 'remote.rate-limited');
  await remote.app.cutout.service?.refresh();
  expect(remote.app.cutout.service?.circuit.state().kind).toBe('cooling');
  await setKey(newKey());
  await remote.app.cutout.service?.refresh();
  expect(remote.app.cutout.service?.circuit.state().kind).toBe('closed');
  expect((await ended(remote, [id], 15_000))[0]?.state).toBe('done');
});

it('changed while calls are under way: they end with the key that they began with, later ones have the new one', async () => {
  const [before, after] = [newKey(), newKey()];
  await setKey(before);
  remote.server.setFault({ kind: 'slow-answer', ms: 2000 }, 5);
  const first = await uploadDistinct(remote, 5);
  await until('five calls are under way', () => underWay() === 5);
  await setKey(after);
  expect(underWay()).toBe(5);
  const later = await uploadDistinct(remote, 3);
  const jobs = await ended(remote, [...first, ...later], 30_000);
  expect(jobs.map(({ state }) => state)).toEqual(times(8, 'done'));
  expect([charged(before), charged(after)]).toEqual([5, 3]);
  expect(await entriesOf(first)).toEqual(times(5, [['charged', printOf(before)]]));
  expect(await entriesOf(later)).toEqual(times(3, [['charged', printOf(after)]]));
});

it('changed while the last one is refused: that keeps nobody waiting, and is no stop for the new one', async () => {
  const [before, after] = [newKey(), newKey()];
  await setKey(before);
  const seen = paidCalls().length;
  remote.server.setFault({ kind: 'slow-upload', ms: 1500 }, 1);
  const [id] = (await uploadDistinct(remote, 1)) as [number];
  await until('the call is under way', () => remote.app.cutout.queue.running() === 1);
  await until('and reserved', async () => (await entriesOf([id])).flat().some(([outcome]) => outcome === 'reserved'));
  // The answer comes after the change.
  remote.server.accounts.find(before)!.plan.verified = false;
  await setKey(after);
  const [job] = await ended(remote, [id], 20_000, () => false);
  expect(job?.state).toBe('done');
  expect([charged(before), charged(after)]).toEqual([0, 1]);
  expect(paidCalls().length - seen).toBe(2);
  expect(await entriesOf([id])).toEqual([
    [
      ['free', printOf(before)],
      ['charged', printOf(after)],
    ],
  ]);
});

it('forgotten: remote jobs wait as without a key, and auto is local', async () => {
  const key = newKey();
  await setKey(key);
  const ids = await uploadDistinct(remote, 1);
  expect((await ended(remote, ids))[0]?.chosen?.engine).toBe('remote');
  await forgetKey();
  expect(remote.app.cutout.service).toBeNull();
  const [id] = (await uploadDistinct(remote, 1)) as [number];
  await waitsFor(id, 'remote.not-configured');
  expect((await send('POST', `/cutout/assets/${id}/run`, { engine: 'auto' })).status).toBeLessThan(300);
  const job = await until('it is made', async () => {
    const last = (await jobsOf(remote.app, id)).at(-1);
    return last?.engine === 'auto' && last.state === 'done' && last;
  });
  expect(job.chosen?.engine).toBe('local');
  expect(charged(key)).toBe(1);
});

it('set by another node: taken up within five seconds, by the round alone', async () => {
  const key = newKey();
  used.push(key);
  const [id] = (await uploadDistinct(remote, 1)) as [number];
  await waitsFor(id, 'remote.not-configured');
  await setApiKey(remote.app.strapi, (await settings('GET')).version, key);
  const since = Date.now();
  await until('it is in force', () => remote.app.cutout.service !== null, 10_000);
  expect(Date.now() - since).toBeLessThan(6000);
  expect((await ended(remote, [id], 15_000))[0]?.state).toBe('done');
});

it('changed again and again under load: each picture is paid for once, by one key or another', async () => {
  const keys = [newKey(), newKey()] as const;
  await setKey(keys[0]);
  const stop = endingPauses(remote);
  remote.server.setFault({ kind: 'slow-answer', ms: 150 });
  const uploading = uploadDistinct(remote, 24);
  for (let turn = 0; turn < 8; turn += 1) {
    if (turn % 3 === 2) await forgetKey();
    else await setKey(keys[turn % 2]!);
  }
  await setKey(keys[1]);
  const ids = await uploading;
  const jobs = await ended(remote, ids, 60_000, () => false);
  stop();
  expect(jobs.map(({ state }) => state)).toEqual(times(24, 'done'));
  const paid = (await entriesOf(ids)).map((entries) =>
    entries.map(([outcome]) => outcome).filter((one) => one !== 'free'),
  );
  expect(paid).toEqual(times(24, ['charged']));
  expect(charged(keys[0]) + charged(keys[1])).toBe(24);
});

it('are in no log line and no row, but encrypted', async () => {
  const store = await remote.app.strapi.db.query('strapi::core-store').findMany();
  const rows = await ledgerRows(remote);
  expect(remote.log.length).toBeGreaterThan(50);
  const everything = [...remote.log, JSON.stringify(store), JSON.stringify(rows)];
  for (const key of used) expect(everything.filter((text) => text.includes(key))).toEqual([]);
});
