import { rmSync, truncateSync } from 'node:fs';
import path from 'node:path';
import type { Session } from '../../scripts/lib/client';
import paths from '../../scripts/lib/paths';
import { isTextKey } from '../../admin/src/translations/words';
import { doctorResponse } from '../../server/src/api/contracts';
import type { CheckResult, DoctorReport } from '../../server/src/doctor-words';
import { JOB } from '../../server/src/tables/jobs';
import { LEDGER } from '../../server/src/tables/ledger';
import { type RembgServer, startRembgServer } from '../rembg-server/server';
import { bootCore, type CoreApp, holdJobs, listen, removeData } from '../support/core';
import { runCutout } from '../support/cutout-command';
import { addManyJobs } from '../support/many-jobs';
import { startQuickApp } from '../support/quick-app';
import { addUser, grants } from '../support/roles';
import { until } from '../support/until';

/** `GET /cutout/doctor` and `cutout doctor`: what they find, who may ask, and that no secret is told. */

const WORDS = { redis: 'redis-open-sesame', mirror: 'mirror-open-sesame', token: 'token-open-sesame' };
const MINUTE = 60_000;

let server: RembgServer;
let app: CoreApp;
let admin: Session;
let apiKey: string;
let modelsDir: string;

beforeAll(async () => {
  server = await startRembgServer();
  apiKey = server.keys.premium;
  const { apiUrl, accountUrl } = server;
  ({ app, session: admin } = await startQuickApp({
    local: { mirror: `https://me:${WORDS.mirror}@mirror.example/m?token=${WORDS.token}` },
    // Nobody listens there.
    queue: { redis: `redis://bull:${WORDS.redis}@127.0.0.1:1/3` },
    remote: { apiKey, apiUrl, accountUrl },
    jobs: { pollMs: 200, retryDelayMs: 50, leaseMs: 5000, reconcileMs: 1000 },
  }));
  modelsDir = path.join(app.dataDir, 'models');
}, 240_000);
afterAll(async () => {
  await app.stop();
  removeData(app);
  await server.stop();
}, 60_000);

const ask = ({ url, jwt }: Pick<Session, 'url' | 'jwt'>) =>
  fetch(`${url}/cutout/doctor`, { headers: { authorization: `Bearer ${jwt}` } });

async function examine(session = admin): Promise<DoctorReport> {
  const answer = await ask(session);
  expect(answer.status).toBe(200);
  return doctorResponse.parse(await answer.json()).data;
}
const found = (report: DoctorReport, id: CheckResult['id']) => report.checks.find((check) => check.id === id)!;
const factOf = ({ facts }: CheckResult, name: string) => facts.find((fact) => fact.name === name)?.value;

it('tells what is well and what is not, with words for all of it', async () => {
  const report = await until('the rounds were done once and the process has told that it lives', async () => {
    const now = await examine();
    return found(now, 'rounds').state === 'ok' && found(now, 'nodes').state === 'ok' && now;
  });
  const states = Object.fromEntries(report.checks.map(({ id, state }) => [id, state]));
  expect(states).toMatchObject({
    ...{ model: 'ok', runtime: 'ok', sharp: 'ok', workers: 'ok', queue: 'ok', nodes: 'ok', rounds: 'ok' },
    ...{ database: 'ok', clock: 'ok', events: 'ok', account: 'ok', versions: 'ok', redis: 'error' },
  });
  expect(found(report, 'redis')).toMatchObject({ problem: 'redis.away' });
  expect(factOf(found(report, 'redis'), 'host')).toBe('127.0.0.1:1');
  expect(factOf(found(report, 'model'), 'verified')).toBe(true);
  expect(factOf(found(report, 'runtime'), 'version')).toMatch(/^\d+\.\d+/);
  expect(factOf(found(report, 'sharp'), 'copies')).toBe(1);
  expect(factOf(found(report, 'account'), 'accepted')).toBe(true);
  expect(factOf(found(report, 'nodes'), 'alive')).toBe(1);
  const names = report.checks.flatMap(({ facts }) => facts.map(({ name }) => name));
  expect(names.filter((name) => name !== 'detail' && !isTextKey(`doctor.fact.${name}`))).toEqual([]);
  expect(await app.strapi.db.query(LEDGER).count({})).toBe(0);
}, 90_000);

it('tells no secret, neither in its facts nor in the report', async () => {
  rmSync(path.join(modelsDir, 'quick.json'));
  try {
    const body = await (await ask(admin)).text();
    const secrets = [...Object.values(WORDS), apiKey, process.env.DATABASE_PASSWORD, process.env.ENCRYPTION_KEY];
    for (const secret of secrets) if (secret) expect(body).not.toContain(secret);
    expect(JSON.parse(body)).toMatchObject({ data: { text: expect.stringContaining('[error] Redis (redis.away)') } });
  } finally {
    await import('../support/quick-model').then(({ writeQuickModel }) => writeQuickModel(modelsDir));
  }
}, 60_000);

it('finds weights that were changed, as their dates tell', async () => {
  truncateSync(path.join(modelsDir, 'quick.onnx'), 100);
  expect(found(await examine(), 'model')).toMatchObject({ state: 'error', problem: 'model.corrupt' });
  const { writeQuickModel } = await import('../support/quick-model');
  writeQuickModel(modelsDir);
  expect(found(await examine(), 'model')).toMatchObject({ state: 'ok' });
}, 60_000);

it('finds jobs that nobody takes, and those that wait for a person', async () => {
  const release = holdJobs(app);
  try {
    const runAt = new Date(app.cutout.clock.now() - 10 * MINUTE);
    await addManyJobs(app.strapi, { count: 2, job: () => ({ state: 'queued', runAt, turnAt: runAt }) });
    const queue = found(await examine(), 'queue');
    expect(queue).toMatchObject({ state: 'error', problem: 'queue.stuck' });
    expect(factOf(queue, 'due')).toBe(2);
    expect(factOf(queue, 'oldest')).toBeGreaterThanOrEqual(10 * MINUTE);
    await app.strapi.db.query(JOB).updateMany({ where: { state: 'queued' }, data: { state: 'held' } });
    expect(found(await examine(), 'queue')).toMatchObject({ problem: 'queue.held' });
  } finally {
    await app.strapi.db.query(JOB).deleteMany({});
    release();
  }
}, 60_000);

it('finds a round that fails, until it works again', async () => {
  const { reconciler } = app.cutout;
  const { run } = reconciler;
  reconciler.run = async () => Promise.reject(new Error('token-of-the-database'));
  await until('the failure is told', async () => found(await examine(), 'rounds').problem === 'rounds.failing');
  const report = await examine();
  expect(factOf(found(report, 'rounds'), 'work')).toBe('reconcile');
  expect(JSON.stringify(report)).not.toContain('token-of-the-database');
  reconciler.run = run;
  await until('it is well again', async () => found(await examine(), 'rounds').state === 'ok');
}, 90_000);

it('is for those alone who have the permission', async () => {
  const others = ['read', 'edit', 'pay', 'bulk', 'usage.read'].map((name) => `plugin::cutout.${name}`);
  const without = await addUser(admin, 'without', grants(others));
  const alone = await addUser(admin, 'alone', grants(['plugin::cutout.settings']));
  expect((await ask(without)).status).toBe(403);
  expect((await ask({ ...admin, jwt: 'none' })).status).toBe(401);
  expect((await ask(alone)).status).toBe(200);
}, 60_000);

it('has a command that ends with 1 where something does not work', async () => {
  const env = process.env as Record<string, string>;
  const ran = await runCutout(['doctor'], { cwd: paths.app, env });
  expect(ran.stdout.toString()).toMatch(/^Cutout doctor, /);
  expect(ran.stdout.toString()).toContain('[error] Redis (redis.away)');
  for (const secret of [...Object.values(WORDS), apiKey]) expect(ran.stdout.toString()).not.toContain(secret);
  expect(ran.code).toBe(1);
}, 90_000);

it('knows after a restart when the rounds were done last, and says so when the account is silent', async () => {
  const { dataDir } = app;
  await app.stop();
  await server.stop();
  app = await bootCore({
    dataDir,
    config: { ...(JSON.parse(process.env.CUTOUT_CONFIG!) as object), queue: {} },
  });
  const report = (await app.strapi.plugin('cutout').service('doctor').examine()) as DoctorReport;
  expect(found(report, 'rounds')).toMatchObject({ state: 'ok' });
  expect(found(report, 'account')).toMatchObject({ state: 'warning', problem: 'account.away' });
  expect(found(report, 'nodes')).toMatchObject({ state: 'warning', problem: 'nodes.none' });
  expect(found(report, 'redis')).toMatchObject({ state: 'ok' });
  admin = await listen(app, admin);
  await until('the process lives', async () => found(await examine(), 'nodes').state === 'ok');
}, 120_000);
