import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { assetStatus } from '../../scripts/lib/client';
import { freePort } from '../../scripts/lib/port';
import { parseConfig } from '../../server/src/config';
import { createQueue } from '../../server/src/jobs/queues';
import type { JobQueue } from '../../server/src/jobs/queue';
import { createJobStore } from '../../server/src/jobs/store';
import { bootCore, removeData, upload } from '../support/core';
import { addManyJobs } from '../support/many-jobs';
import { describeIf } from '../support/needs';
import { type Nodes, startNodes } from '../support/nodes';
import { hasOwnRedis, type OwnRedis, ownRedis } from '../support/own-redis';
import { disc, QUICK, writeQuickModel } from '../support/quick-model';
import { describeWithRedis, newPrefix, redisUrl, removeKeys } from '../support/redis';
import { until } from '../support/until';

describeWithRedis('remote.jobsPerMinute', () => {
  it('is a rate that all nodes keep to together, no limit for the local engine, and none without a key', async () => {
    const app = await bootCore();
    const prefix = newPrefix();
    const queues: JobQueue[] = [];
    try {
      const store = createJobStore(app.strapi, Date.now);
      const ran = { local: 0, remote: 0, auto: 0 };
      let hasKey = true;
      const config = parseConfig({
        queue: { driver: 'bull', redis: redisUrl, prefix },
        remote: { jobsPerMinute: 3 },
        jobs: { pollMs: 200 },
      });
      const node = () =>
        createQueue({
          ...{ config, store, hasRemote: () => hasKey, installation: 'test' },
          run: async (job) => {
            ran[job.engine] += 1;
            await store.finish(job, { chosen: null, timings: null });
          },
          engines: () => ['local', 'remote', 'auto'],
          onError: (message) => void app.logs.push(message),
          onNotice: () => undefined,
        });
      await addManyJobs(app.strapi, { count: 10, job: (at) => ({ engine: at < 5 ? 'local' : 'remote' }) });
      for (let count = 0; count < 2; count += 1) queues.push(node());
      for (const queue of queues) queue.start();
      await until('what may run has run', () => ran.local === 5 && ran.remote === 3, 20_000);
      await sleep(3000);
      expect(ran).toEqual({ local: 5, remote: 3, auto: 0 });
      // The key is forgotten: no call is paid, so nothing is counted, and what Redis held back is not lost.
      hasKey = false;
      await until('the others have run', () => ran.remote === 5, 20_000);
      await addManyJobs(app.strapi, { count: 4, job: () => ({ engine: 'auto' }) });
      await until('at no rate', () => ran.auto === 4, 20_000);
      hasKey = true;
      await addManyJobs(app.strapi, { count: 5, job: (at) => ({ engine: at < 3 ? 'local' : 'auto' }) });
      await until('all that cost nothing runs', () => ran.local === 8, 20_000);
      await sleep(1500);
      expect(ran).toEqual({ local: 8, remote: 5, auto: 4 });
    } finally {
      await Promise.all(queues.map((queue) => queue.stop(3000)));
      await app.stop();
      removeData(app);
      await removeKeys(prefix);
    }
  }, 120_000);
});

const OPENSSL = '/usr/bin/openssl';
const PASSWORD = 'word of a test';

/** A real node, whose trust comes from the environment as it does in production. */
describeIf(
  redisUrl !== '' && hasOwnRedis && existsSync(OPENSSL),
  'Redis with TLS: npm run test:services, with a redis-server and openssl.',
)('a Redis with TLS and a password', () => {
  let folder: string;
  let certificate: string;
  let port: number;
  let redis: OwnRedis;
  let nodes: Nodes | undefined;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'cutout-tls-'));
    certificate = path.join(folder, 'cert.pem');
    const key = path.join(folder, 'key.pem');
    const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1';
    const subject = ['-subj', '/CN=localhost', '-addext', names];
    const make = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', certificate];
    execFileSync(OPENSSL, [...make, ...subject], { stdio: 'ignore' });
    port = await freePort();
    const tls = ['--tls-port', String(port), '--tls-cert-file', certificate, '--tls-key-file', key];
    redis = await ownRedis([...tls, '--tls-auth-clients', 'no', '--requirepass', PASSWORD]);
    await redis.start();
  });
  afterEach(async () => {
    await nodes?.stop();
    nodes = undefined;
  });
  afterAll(async () => {
    await redis?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = async (host: string, trusted: boolean): Promise<Nodes> => {
    const { modelsDir } = writeQuickModel(path.join(folder, 'models'));
    nodes = await startNodes({
      count: 1,
      config: {
        local: { model: QUICK, modelsDir, cacheDir: path.join(folder, 'cache') },
        rules: { everything: true },
        queue: { driver: 'bull', redis: `rediss://:${encodeURIComponent(PASSWORD)}@${host}:${port}` },
      },
      env: trusted ? { NODE_EXTRA_CA_CERTS: certificate } : {},
    });
    return nodes;
  };
  const addDisc = async (seed: number) =>
    (await upload(nodes!.session(0), { name: 'disc.jpg', bytes: await disc(seed), type: 'image/jpeg' })).id;
  const state = async (id: number) => (await assetStatus(nodes!.session(0), id)).state;

  it.each(['localhost', '127.0.0.1'])(
    'hands out jobs to who trusts its certificate for %s',
    async (host) => {
      await start(host, true);
      const id = await addDisc(1);
      await until('its cutout is there', async () => (await state(id)) === 'ready', 60_000);
      expect(nodes!.log()).not.toMatch(/Redis cannot be used|DEP0123/);
      expect(nodes!.log()).not.toContain(encodeURIComponent(PASSWORD));
    },
    180_000,
  );

  it('is not talked to by who does not, and the log says why', async () => {
    await start('localhost', false);
    const id = await addDisc(2);
    await until('it is told', () => /Redis cannot be used \(DEPTH_ZERO_SELF_SIGNED_CERT\)/.test(nodes!.log()), 30_000);
    await until('it is planned, and waits', async () => (await state(id)) === 'queued', 10_000);
    expect(nodes!.log()).not.toContain(encodeURIComponent(PASSWORD));
  }, 180_000);
});
