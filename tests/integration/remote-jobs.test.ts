import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { JOB } from '../../server/src/tables/jobs';
import { LEDGER } from '../../server/src/tables/ledger';
import { THUMBNAIL_KEY } from '../../server/src/assets/keys';
import { type RowName, rows } from '../rembg-server/rows';
import { jobsOf, upload } from '../support/core';
import { distinctPicture } from '../support/noise';
import {
  ended,
  ledgerRows,
  type RemoteApp,
  startRemoteApp,
  uploadDistinct,
  uploadPictures,
} from '../support/remote-app';
import { until } from '../support/until';

/** Jobs of the remote engine against the emulated service: where each answer leads, and what it costs. */

jest.setTimeout(240_000);

let remote: RemoteApp;
beforeAll(async () => {
  remote = await startRemoteApp();
});
afterAll(() => remote.stop());
afterEach(async () => {
  remote.server.setFault(null);
  // What one test left waiting must not pay for its pictures in the next.
  await remote.app.strapi.db.query(JOB).deleteMany({ where: { state: { $in: ['queued', 'held'] } } });
  remote.app.cutout.service?.client.circuit.reset();
});

const charged = () => remote.server.credits.charged();
const post = async (path: string, json: unknown) => {
  const headers = { authorization: `Bearer ${remote.session.jwt}`, 'content-type': 'application/json' };
  return fetch(remote.session.url + path, { method: 'POST', headers, body: JSON.stringify(json) });
};

test('a job makes one paid call, and further presets of the same asset make none', async () => {
  const before = charged();
  const [id] = (await uploadDistinct(remote, 1)) as [number];
  const [job] = await ended(remote, [id]);
  expect(job).toMatchObject({
    state: 'done',
    chosen: { engine: 'remote', model: 'rembg', why: 'remote was asked for' },
  });
  await post(`/cutout/assets/${id}/run`, { presets: ['card', 'thumb'] });
  await ended(remote, [id]);
  await post(`/cutout/assets/${id}/run`, { force: true });
  const [last] = await ended(remote, [id]);
  expect(last?.state).toBe('done');
  expect(charged() - before).toBe(1);
  const file = await remote.app.strapi.db.query('plugin::upload.file').findOne({ where: { id } });
  const keys = Object.keys(file.formats).filter((key) => key !== THUMBNAIL_KEY);
  expect(keys.sort()).toEqual(['cutout', 'cutout_card', 'cutout_matte', 'cutout_thumb']);
});

test.each([
  [20_000, 3],
  [3, 17_000],
])('%i × %i pixels, which no WebP holds, fail before anything is paid', async (width, height) => {
  const before = charged();
  const bytes = await sharp({ create: { width, height, channels: 3, background: '#567' } })
    .jpeg()
    .toBuffer();
  const { id } = await upload(remote.session, { name: 'strip.jpg', bytes, type: 'image/jpeg' });
  const [job] = await ended(remote, [id]);
  expect(job).toMatchObject({ state: 'failed', reasonCode: 'options.invalid' });
  expect(job?.reasonMessage).toContain('webp holds at most 16383 a side');
  expect(charged()).toBe(before);
  expect((await ledgerRows(remote)).filter((row) => row.fileId === id)).toEqual([]);
});

describe('every row of the error table', () => {
  const failed400 = (Object.keys(rows) as RowName[]).filter((name) => rows[name].status === 400);
  const expected: [RowName, { state: string; code?: string }][] = [
    ...failed400.map((name): [RowName, { state: string }] => [name, { state: 'failed' }]),
    ['email-not-verified', { state: 'queued', code: 'remote.email-not-verified' }],
    ['invalid-key', { state: 'queued', code: 'remote.invalid-key' }],
    ['rate-limit', { state: 'queued', code: 'remote.rate-limited' }],
    ['daily-limit', { state: 'queued', code: 'remote.daily-limit' }],
    ['monthly-limit', { state: 'queued', code: 'remote.monthly-limit' }],
  ];

  test('is covered', () => expect(expected.map(([name]) => name).sort()).toEqual(Object.keys(rows).sort()));

  test.each(expected)('%s ends the job as it should, with its message, at no cost', async (name, { state, code }) => {
    const before = charged();
    remote.server.setFault({ kind: 'row', row: name });
    const [id] = (await uploadDistinct(remote, 1)) as [number];
    const [job] = await ended(remote, [id]);
    expect(job?.state).toBe(state);
    expect(job?.reasonMessage).toContain(rows[name].example);
    if (code) expect(job?.reasonCode).toBe(code);
    else expect(job?.reasonCode).toMatch(/^remote\./);
    expect(charged()).toBe(before);
    const entry = (await ledgerRows(remote)).filter((row) => row.fileId === id);
    expect(entry.every((row) => row.outcome === 'free' && row.claim === null)).toBe(true);
  });
});

test('a short-term 429 that passes is waited out', async () => {
  remote.server.setFault({ kind: 'rate-limit', retryAfter: '1' }, 1);
  const [job] = await ended(remote, await uploadDistinct(remote, 1));
  expect(job?.state).toBe('done');
});

test('a refused key stops all remote calls, not only the one that met it', async () => {
  remote.server.setFault({ kind: 'row', row: 'invalid-key' });
  await ended(remote, await uploadDistinct(remote, 1));
  const seen = remote.server.calls.length;
  const jobs = await ended(remote, await uploadDistinct(remote, 5));
  expect(jobs.every((job) => job.state === 'queued' && job.reasonCode === 'remote.invalid-key')).toBe(true);
  expect(jobs.every((job) => job.attempts === 0)).toBe(true);
  // At most the one that finds out whether the key is accepted again, since the account host takes it.
  const sent = remote.server.calls.filter((call, index) => index >= seen && call.endpoint === 'rmbg');
  expect(sent.length).toBeLessThanOrEqual(1);
});

test('twenty plans of one asset and twenty assets of the same bytes make one paid call', async () => {
  const before = charged();
  const same = await distinctPicture(1_000_001);
  const ids = await uploadPictures(
    remote.session,
    Array.from({ length: 20 }, () => same),
  );
  await Promise.all(
    Array.from({ length: 20 }, () => remote.app.cutout.planner.plan(ids[0] as number, { source: 'field' })),
  );
  const jobs = await ended(remote, ids);
  expect(jobs.map((job) => job.state)).toEqual(ids.map(() => 'done'));
  expect(await jobsOf(remote.app, ids[0] as number)).toHaveLength(1);
  expect(charged() - before).toBe(1);
});

test('twenty jobs of one asset at the same moment make one paid call', async () => {
  const before = charged();
  remote.server.setFault({ kind: 'slow-answer', ms: 400 }, 1);
  const [id] = (await uploadDistinct(remote, 1)) as [number];
  const first = await until('it is planned', async () => (await jobsOf(remote.app, id))[0]);
  const copies = Array.from({ length: 20 }, () =>
    remote.app.strapi.db.query(JOB).create({
      data: { ...first, id: undefined, state: 'queued', attempts: 0, leaseToken: null, leaseUntil: null },
    }),
  );
  await Promise.all(copies);
  remote.app.cutout.queue.wake();
  // The one with the highest id need not be the last: rows written side by side get their ids in any order.
  const jobs = await until('the jobs have ended', async () => {
    const all = await jobsOf(remote.app, id);
    return all.every(({ state }) => state !== 'queued' && state !== 'running') && all;
  });
  expect(jobs).toHaveLength(21);
  expect(jobs.map((job) => job.state)).toEqual(jobs.map(() => 'done'));
  expect(charged() - before).toBe(1);
});

test('a call whose worker died is never repeated silently; a person may send it once more', async () => {
  const picture = await distinctPicture(1_000_002);
  remote.server.setFault({ kind: 'reset-after-body' }, 1);
  const before = charged();
  const [id] = (await uploadPictures(remote.session, [picture])) as [number];
  const [job] = await ended(remote, [id]);
  expect(job).toMatchObject({ state: 'held', reasonCode: 'remote.outcome-unknown' });
  const [again] = (await uploadPictures(remote.session, [picture])) as [number];
  expect((await ended(remote, [again]))[0]).toMatchObject({ state: 'held', reasonCode: 'remote.outcome-unknown' });
  expect(charged() - before).toBe(1);

  expect((await post(`/cutout/assets/${id}/run`, { force: true })).status).toBe(200);
  expect((await ended(remote, [id]))[0]?.state).toBe('done');
  expect(charged() - before).toBe(2);
  // The one that waited for this decision has its answer: it does not run again when its call turns out after all.
  await remote.app.cutout.waiting.unhold('remote.outcome-unknown', job!.sourceHash!);
  expect(await jobsOf(remote.app, id)).toMatchObject([
    { state: 'skipped', reasonCode: 'job.superseded' },
    { state: 'done' },
  ]);
});

test('a reservation that a dead process left counts as unknown', async () => {
  const before = charged();
  const [id] = (await uploadDistinct(remote, 1, { cutout: 'false' })) as [number];
  const file = await remote.app.strapi.db.query('plugin::upload.file').findOne({ where: { id } });
  const bytes = readFileSync(join(remote.app.dataDir, 'public', file.url));
  const sourceHash = createHash('sha256').update(bytes).digest('hex');
  await remote.app.strapi.db.query(LEDGER).create({
    data: {
      engine: 'remote',
      source: 'upload',
      jobId: 999_999,
      sourceHash,
      credits: 1,
      outcome: 'reserved',
      claim: `remote:${sourceHash}`,
    },
  });
  await post(`/cutout/assets/${id}/run`, { engine: 'remote' });
  const [job] = await ended(remote, [id]);
  expect(job).toMatchObject({ state: 'held', reasonCode: 'remote.outcome-unknown' });
  expect(charged()).toBe(before);
  const [row] = await remote.app.strapi.db.query(LEDGER).findMany({ where: { sourceHash } });
  expect(row.outcome).toBe('unknown');
});

test('a matte that is paid for survives a store that fails', async () => {
  const before = charged();
  const { provider } = remote.app.strapi.plugin('upload');
  const { uploadStream } = provider;
  provider.uploadStream = (file: { hash: string }) =>
    file.hash.includes('_cutout') ? Promise.reject(new Error('the disk is full')) : uploadStream(file);
  const [id] = (await uploadDistinct(remote, 1)) as [number];
  const [waiting] = await ended(remote, [id]);
  provider.uploadStream = uploadStream;
  expect(waiting).toMatchObject({ state: 'queued', reasonCode: 'store.failed', attempts: 0 });
  await remote.app.cutout.waiting.lookAgain(['store.failed']);
  remote.app.cutout.queue.wake();
  expect((await ended(remote, [id]))[0]?.state).toBe('done');
  expect(charged() - before).toBe(1);
});

test('usage tells what was spent, what is left and why work is stopped', async () => {
  const headers = { authorization: `Bearer ${remote.session.jwt}` };
  const usage = async () =>
    (
      (await (await fetch(`${remote.session.url}/cutout/usage`, { headers })).json()) as { data: Record<string, any> }
    ) /* of many shapes, each checked below */.data;
  const now = await usage();
  expect(now.ledger.charged + now.ledger.unknown).toBeGreaterThan(0);
  expect(now.account).toMatchObject({ plan: 'Premium-20000', stale: false });
  expect(now.account.spendable).toBe(now.account.remainingIncludedCredits + now.account.prepaidCredits);
  expect(now.savings.storedMatte).toBeGreaterThan(0);
  expect(now.stopped).toBeNull();
  remote.server.setFault({ kind: 'row', row: 'daily-limit' });
  await ended(remote, await uploadDistinct(remote, 1));
  const { stopped } = await usage();
  expect(stopped.reason.code).toBe('remote.daily-limit');
  expect(new Date(stopped.until).getTime()).toBeGreaterThan(Date.now());
});

test('the key is in no log line, no answer, no error and no row', async () => {
  const { session, app, key, log } = remote;
  const headers = { authorization: `Bearer ${session.jwt}` };
  const answers = await Promise.all(
    ['/cutout/overview', '/cutout/usage', '/cutout/assets/1', '/cutout/assets/x', '/admin/init'].map(async (path) =>
      (await fetch(session.url + path, { headers })).text(),
    ),
  );
  const tables = ['job', 'ledger-entry', 'asset', 'stored-file', 'cycle'];
  const contents = await Promise.all(tables.map((name) => app.strapi.db.query(`plugin::cutout.${name}`).findMany()));
  const store = await app.strapi.db.query('strapi::core-store').findMany();
  expect(log.length).toBeGreaterThan(50);
  expect(contents.flat().length).toBeGreaterThan(50);
  const everything = [...log, ...answers, JSON.stringify(contents), JSON.stringify(store)];
  expect(everything.filter((text) => text.includes(key))).toEqual([]);
});
