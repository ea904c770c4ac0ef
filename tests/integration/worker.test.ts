import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { assetStatus, request } from '../../scripts/lib/client';
import { databaseEnv, testClient } from '../../scripts/lib/database';
import { doctorResponse } from '../../server/src/api/contracts';
import { packageRoot } from '../../server/src/package-root';
import { upload } from '../support/core';
import { type App, cutoutConfig, type Session, startWithSession } from '../support/app';
import { describeIf } from '../support/needs';
import { disc, QUICK, writeQuickModel } from '../support/quick-model';
import { startProxyTo } from '../support/tcp-proxy';
import { until } from '../support/until';
import { startWorker } from '../support/worker-process';

const health = (cwd: string) =>
  spawnSync(process.execPath, [path.join(packageRoot(), 'dist/cli/index.js'), 'worker', '--health'], {
    cwd,
    encoding: 'utf8',
  });

it('a folder without a worker is told so', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'cutout-health-'));
  const { status, stdout } = health(folder);
  expect({ status, stdout }).toEqual({ status: 1, stdout: 'no worker is alive\n' });
  rmSync(folder, { recursive: true });
});

const onServer = describeIf(testClient() !== 'sqlite', 'Worker processes: npm run test:services (several processes).');

onServer('worker processes', () => {
  let folder: string;
  let app: App;
  let session: Session;
  let local: Record<string, unknown>;
  const config = (changes: object = {}) => ({
    local,
    rules: { everything: true },
    jobs: { leaseMs: 3000 },
    ...changes,
  });

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'cutout-worker-'));
    const { modelsDir } = writeQuickModel(path.join(folder, 'models'));
    local = { model: QUICK, modelsDir, cacheDir: path.join(folder, 'cache'), download: false };
    ({ app, session } = await startWithSession({ env: cutoutConfig(config({ role: 'web' })) }));
  }, 180_000);
  afterAll(async () => {
    await app.stop();
    app.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const put = async (seed: number) =>
    (await upload(session, { name: `d${seed}.jpg`, bytes: await disc(seed), type: 'image/jpeg' })).id;
  const state = async (id: number) => (await assetStatus(session, id)).state;
  const ready = (id: number) => until('it is ready', async () => (await state(id)) === 'ready');

  it('do what a web node leaves to them, and say that they are alive', async () => {
    const id = await put(1);
    await until('it is planned', async () => (await state(id)) === 'queued');
    const worker = await startWorker(app, cutoutConfig(config({ role: 'web' })), ['--concurrency', '2']);
    await ready(id);
    expect(health(path.join(packageRoot(), 'tests/app')).status).toBe(0);
    const { checks } = doctorResponse.parse(
      await request(session.url, 'GET', '/cutout/doctor', { bearer: session.jwt }),
    ).data;
    const nodes = checks.find((check) => check.id === 'nodes');
    expect(nodes?.state).toBe('ok');
    const told = nodes?.facts.flatMap(({ name, value }) =>
      name === 'node' ? String(value).replace(/.*:\d+ /, '') : [],
    );
    expect(told?.sort()).toEqual(['(strapi, web)', '(worker, local)']);
    const { code, ms } = await worker.stop();
    expect(code).toBe(0);
    expect(ms).toBeLessThan(10_000);
    expect(await state(await put(2))).not.toBe('ready');
  }, 120_000);

  it.each([0.6, 0.97])(
    'end with a word when the database goes after %d of their start',
    async (share) => {
      const { DATABASE_CLIENT, DATABASE_URL } = await databaseEnv(app.dataDir);
      const startBehindProxy = async (most: number) => {
        let bytes = 0;
        const { proxy, address } = await startProxyTo(DATABASE_URL, (total) => {
          if (bytes <= most && total > most) void proxy.cut();
          bytes = total;
        });
        const env = { ...cutoutConfig(config()), DATABASE_CLIENT, DATABASE_URL: address };
        try {
          await (await startWorker(app, env)).kill();
        } finally {
          await proxy.stop();
        }
        return bytes;
      };
      const whole = await startBehindProxy(Infinity);
      await expect(startBehindProxy(share * whole)).rejects.toMatchObject({
        message: expect.stringContaining('The database could not be reached'),
        cause: { message: expect.stringContaining('The worker ended') },
      });
    },
    240_000,
  );

  it('leave jobs that need weights to those that have them', async () => {
    const without = { ...local, modelsDir: path.join(folder, 'nothing') };
    const able = await startWorker(app, cutoutConfig(config()));
    const unable = await startWorker(app, cutoutConfig(config({ local: without })));
    const ids = await Promise.all([3, 4, 5, 6, 7, 8].map(put));
    for (const id of ids) await ready(id);
    expect(unable.log()).not.toMatch(/model\.(missing|unknown)/);
    await Promise.all([able.kill(), unable.stop()]);
  }, 180_000);
});
