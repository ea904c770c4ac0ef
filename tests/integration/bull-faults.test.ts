import { setTimeout as sleep } from 'node:timers/promises';
import { createBullQueue } from '../../server/src/jobs/queues/bull';
import type { JobQueue } from '../../server/src/jobs/queue';
import { createJobStore, type JobStore } from '../../server/src/jobs/store';
import { JOB } from '../../server/src/tables/jobs';
import { bootCore, type CoreApp, removeData } from '../support/core';
import { describeIf } from '../support/needs';
import { hasOwnRedis, type OwnRedis, ownRedis } from '../support/own-redis';
import { newPrefix, redisUrl } from '../support/redis';
import { until } from '../support/until';

/** With a Redis of its own, which it stops, starts and freezes. */
describeIf(redisUrl !== '' && hasOwnRedis, 'Faults of Redis: npm run test:services, with a redis-server to start.')(
  'the Bull queue and a Redis that fails',
  () => {
    const PASSWORD = 'a-very-secret-word';
    let app: CoreApp;
    let store: JobStore;
    let redis: OwnRedis;
    let queue: JobQueue | null = null;
    let notices: string[] = [];
    let errors: string[] = [];
    let ran: number[] = [];

    const start = (password = PASSWORD): JobQueue => {
      queue = createBullQueue({
        store,
        run: async (job) => {
          ran.push(job.id);
          await store.finish(job, { chosen: null, timings: null });
        },
        lanes: [{ name: 'all', engines: () => ['local'], concurrency: 2 }],
        url: `redis://:${password}@127.0.0.1:${redis.port}`,
        ...{ prefix: newPrefix(), leaseMs: 2000, pollMs: 300 },
        onError: (message) => void errors.push(message),
        onNotice: (message) => void notices.push(message),
      });
      queue.start();
      return queue;
    };
    const addJob = async (): Promise<number> => {
      const [name, ext, mime] = ['a.jpg', '.jpg', 'image/jpeg'];
      const data = { name, hash: 'a', ext, mime, size: 1, url: '/uploads/a.jpg', provider: 'local' };
      const file = (await app.strapi.db.query('plugin::upload.file').create({ data })) as { id: number };
      const job = { fileId: file.id, version: 1, engine: 'local', presets: ['default'], ask: 'a', source: 'upload' };
      return ((await app.strapi.db.query(JOB).create({ data: { ...job, state: 'queued' } })) as { id: number }).id;
    };
    const hasRun = (id: number) => until('the job runs', () => ran.includes(id), 20_000);
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => void unhandled.push(reason);

    beforeAll(async () => {
      process.on('unhandledRejection', note);
      app = await bootCore();
      store = createJobStore(app.strapi, Date.now);
      redis = await ownRedis(['--requirepass', PASSWORD]);
    }, 120_000);
    afterEach(async () => {
      redis.signal('SIGCONT');
      await queue?.stop(3000);
      await redis.kill();
      expect(unhandled).toEqual([]);
      expect(JSON.stringify([notices, errors])).not.toContain(PASSWORD);
      [notices, errors, ran] = [[], [], []];
    });
    afterAll(async () => {
      process.off('unhandledRejection', note);
      await redis.stop();
      await app.stop();
      removeData(app);
    });

    it('waits for one that is away at its start, and says so in one line, and in one when it is back', async () => {
      const id = await addJob();
      start();
      await sleep(2500);
      expect(ran).toEqual([]);
      await redis.start();
      await hasRun(id);
      expect(notices).toEqual([expect.stringContaining('ECONNREFUSED'), expect.stringContaining('answers again')]);
      expect(errors).toEqual([]);
    });

    it('dispatches what came while it was away, after a restart that forgot all', async () => {
      await redis.start();
      start();
      await hasRun(await addJob());
      await redis.kill();
      const ids = [await addJob(), await addJob()];
      queue!.wake();
      await sleep(1000);
      await redis.start();
      for (const id of ids) await hasRun(id);
      expect(ran).toHaveLength(3);
      await hasRun(await addJob());
    });

    it('is held up by none that hangs, neither as it is woken nor as it stops', async () => {
      await redis.start();
      const own = start();
      await hasRun(await addJob());
      redis.signal('SIGSTOP');
      const id = await addJob();
      const began = performance.now();
      own.wake();
      expect(performance.now() - began).toBeLessThan(50);
      await until('it is told', () => notices.length > 0, 10_000);
      redis.signal('SIGCONT');
      await hasRun(id);
      redis.signal('SIGSTOP');
      await addJob();
      const stopped = performance.now();
      await own.stop(4000);
      expect(performance.now() - stopped).toBeLessThan(4500);
    });

    it('starts with one that hangs, and takes jobs when it goes on', async () => {
      await redis.start();
      redis.signal('SIGSTOP');
      const id = await addJob();
      start();
      await until('it is told', () => notices.length > 0, 10_000);
      await sleep(2000);
      redis.signal('SIGCONT');
      await hasRun(id);
    });

    it('names what Redis refuses, and no password', async () => {
      await redis.start();
      start('another-secret');
      await addJob();
      await until('it is told', () => notices.length > 0, 10_000);
      await sleep(1500);
      expect(notices).toHaveLength(1);
      expect(JSON.stringify([notices, errors])).not.toContain('another-secret');
    });
  },
);
