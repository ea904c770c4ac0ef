import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClaimedJob, JobQueue, RunJob } from '../../server/src/jobs/queue';
import { createJobStore, type JobStore } from '../../server/src/jobs/store';
import { leaseLost, queueStopped } from '../../server/src/signals';
import { JOB, type JobRow } from '../../server/src/tables/jobs';
import { bootCore, type CoreApp, removeData } from '../support/core';
import { until } from '../support/until';

/** What every queue is made of. */
export interface QueueParts {
  store: JobStore;
  run: RunJob;
  concurrency: number;
  leaseMs: number;
  pollMs: number;
  onError: (message: string) => void;
}

/** The store, with something about every look for work: by turn, by id, or at what is due. */
const looking = (store: JobStore, around: <T>(look: () => Promise<T>) => Promise<T>): JobStore => ({
  ...store,
  claim: (...args) => around(() => store.claim(...args)),
  claimById: (...args) => around(() => store.claimById(...args)),
  due: (...args) => around(() => store.due(...args)),
});

/** What every `JobQueue` owes, on the real table of a real Strapi. `make` must not start the queue. */
export function describeJobQueue(name: string, make: (parts: QueueParts) => JobQueue | Promise<JobQueue>): void {
  describe(`${name}, as a job queue`, () => {
    let app: CoreApp;
    let store: JobStore;
    let queues: JobQueue[] = [];
    let errors: string[] = [];
    beforeAll(async () => {
      app = await bootCore();
      store = createJobStore(app.strapi, Date.now);
    }, 120_000);
    afterEach(async () => {
      await Promise.all(queues.map((queue) => queue.stop(2000)));
      await app.strapi.db.query('plugin::upload.file').deleteMany({ where: { id: { $gt: 0 } } });
      queues = [];
      errors = [];
    });
    afterAll(async () => {
      await app.stop();
      removeData(app);
    });

    const startQueue = async (run: RunJob, parts: Partial<QueueParts> = {}): Promise<JobQueue> => {
      const onError = (message: string) => void errors.push(message);
      const queue = await make({ store, run, concurrency: 2, leaseMs: 1500, pollMs: 50, onError, ...parts });
      queues.push(queue);
      queue.start();
      return queue;
    };
    const addFile = async (): Promise<number> => {
      const data = {
        name: 'a.jpg',
        hash: 'a',
        ext: '.jpg',
        mime: 'image/jpeg',
        size: 1,
        url: '/uploads/a.jpg',
        provider: 'local',
      };
      return ((await app.strapi.db.query('plugin::upload.file').create({ data })) as { id: number }).id;
    };
    const addJob = async (changes: Partial<JobRow> = {}): Promise<number> => {
      const fileId = changes.fileId ?? (await addFile());
      const data = {
        fileId,
        version: 1,
        engine: 'local',
        presets: ['default'],
        ask: 'a',
        source: 'upload',
        state: 'queued',
        ...changes,
      };
      return ((await app.strapi.db.query(JOB).create({ data })) as { id: number }).id;
    };
    const addJobs = async (count: number, changes: Partial<JobRow> = {}): Promise<number[]> => {
      const ids: number[] = [];
      for (let index = 0; index < count; index += 1) ids.push(await addJob(changes));
      return ids;
    };
    const readJob = async (id: number) => (await app.strapi.db.query(JOB).findOne({ where: { id } })) as JobRow;
    const finish = (job: ClaimedJob) => store.finish(job, { chosen: null, timings: null });
    const allDone = (ids: number[]) =>
      until('all jobs are done', async () => {
        const where = { id: { $in: ids }, state: 'done' };
        return (await app.strapi.db.query(JOB).count({ where })) === ids.length;
      });

    it('runs every job once, though several queues look at the same table', async () => {
      const ids = await addJobs(16);
      const runs: number[] = [];
      const run: RunJob = async (job) => {
        runs.push(job.id);
        await sleep(5);
        expect(await finish(job)).toBe(true);
      };
      for (let index = 0; index < 3; index += 1) await startQueue(run, { concurrency: 3 });
      await allDone(ids);
      expect(runs.sort((a, b) => a - b)).toEqual(ids);
      expect(errors).toEqual([]);
    });

    it('takes the oldest first, and none before its time', async () => {
      const late = await addJob({ runAt: new Date(Date.now() + 800) });
      const ids = await addJobs(3);
      const order: number[] = [];
      const times = new Map<number, number>();
      await startQueue(
        async (job) => {
          order.push(job.id);
          times.set(job.id, Date.now());
          await finish(job);
        },
        { concurrency: 1 },
      );
      await allDone([...ids, late]);
      expect(order).toEqual([...ids, late]);
      expect(times.get(late)).toBeGreaterThanOrEqual(new Date((await readJob(late)).runAt).getTime());
    });

    it('never runs more jobs at a time than it may', async () => {
      const ids = await addJobs(9);
      let running = 0;
      const seen: number[] = [];
      const queue = await startQueue(
        async (job) => {
          seen.push(++running);
          expect(queue.running()).toBeLessThanOrEqual(3);
          // Longer than three claims take on a busy server.
          await sleep(300);
          running -= 1;
          await finish(job);
        },
        { concurrency: 3 },
      );
      await allDone(ids);
      expect(Math.max(...seen)).toBe(3);
      await until('nothing runs', () => queue.running() === 0);
    });

    it('runs the jobs of one asset one after another, across queues too', async () => {
      const fileId = await addFile();
      const ids = await addJobs(5, { fileId });
      const elsewhere = await addJobs(4);
      let running = 0;
      const overlaps: number[] = [];
      const run: RunJob = async (job) => {
        if (job.fileId === fileId && ++running > 1) overlaps.push(job.id);
        await sleep(10);
        await finish(job);
        if (job.fileId === fileId) running -= 1;
      };
      await startQueue(run, { concurrency: 4 });
      await startQueue(run, { concurrency: 4 });
      await allDone([...ids, ...elsewhere]);
      expect(overlaps).toEqual([]);
    });

    it('takes over the job of a worker that gives no sign of life, when its lease has run out', async () => {
      const id = await addJob();
      const dead = (await store.claim(600))!;
      const runs: ClaimedJob[] = [];
      await startQueue(async (job) => {
        runs.push(job);
        await finish(job);
      });
      await sleep(250);
      expect(runs).toEqual([]);
      await allDone([id]);
      expect(runs).toHaveLength(1);
      expect(runs[0]).toMatchObject({ id, attempts: 2 });
      expect(await finish(dead)).toBe(false);
    });

    it('keeps a job that lasts longer than its lease', async () => {
      const id = await addJob();
      const runs: number[] = [];
      const run: RunJob = async (job, signal) => {
        runs.push(job.attempts);
        await sleep(1500);
        expect(signal.aborted).toBe(false);
        await finish(job);
      };
      await startQueue(run, { leaseMs: 450 });
      await startQueue(run, { leaseMs: 450 });
      await allDone([id]);
      expect(runs).toEqual([1]);
    });

    it('runs a job once, and no other of its asset beside it, though the clock jumps an hour ahead', async () => {
      let jump = 0;
      const jumping = createJobStore(app.strapi, () => Date.now() + jump);
      const fileId = await addFile();
      const id = await addJob({ fileId });
      await addJob({ fileId });
      const started: number[] = [];
      let letGo = () => {};
      const held = new Promise<void>((resolve) => (letGo = resolve));
      const run: RunJob = async (job) => {
        started.push(job.id);
        await held;
        await jumping.finish(job, { chosen: null, timings: null });
      };
      // Longer than the test looks, so that no renewal comes to its help.
      await startQueue(run, { store: jumping, leaseMs: 30_000 });
      await until('the job runs', () => started.length > 0);
      jump = 60 * 60_000;
      await sleep(500);
      expect(started).toEqual([id]);
      letGo();
      await until('the other one runs', () => started.length === 2);
    });

    it('aborts a job that another worker has taken', async () => {
      const id = await addJob();
      const reasons: unknown[] = [];
      await startQueue(
        (_job, signal) =>
          new Promise((resolve) =>
            signal.addEventListener('abort', () => {
              reasons.push(signal.reason);
              resolve();
            }),
          ),
        { leaseMs: 300 },
      );
      await until('the job runs', async () => (await readJob(id)).state === 'running');
      const leaseUntil = new Date(Date.now() + 60_000);
      await app.strapi.db.query(JOB).updateMany({ where: { id }, data: { leaseToken: 'another', leaseUntil } });
      await until('it is aborted', () => reasons.length > 0);
      expect(reasons).toEqual([leaseLost]);
      expect((await readJob(id)).leaseToken).toBe('another');
    });

    it('aborts what runs when it stops, waits for it, and takes nothing more', async () => {
      const [id] = await addJobs(1);
      const queue = await startQueue(
        async (job, signal) => {
          await sleep(60_000, undefined, { signal }).catch(() => undefined);
          expect(signal.reason).toBe(queueStopped);
          await store.release(job);
        },
        { concurrency: 1 },
      );
      await until('the job runs', () => queue.running() === 1);
      const waiting = await addJob();
      await queue.stop(5000);
      await queue.stop(5000);
      expect(queue.running()).toBe(0);
      expect(await readJob(id!)).toMatchObject({ state: 'queued', attempts: 0, leaseToken: null });
      queue.wake();
      await sleep(200);
      expect(await readJob(waiting)).toMatchObject({ state: 'queued', attempts: 0 });
    });

    it('hands over a job that it claimed while it stopped as one to give back', async () => {
      const id = await addJob();
      const aborted: unknown[] = [];
      let claimed: () => void = () => undefined;
      const claiming = new Promise<void>((resolve) => (claimed = resolve));
      const slow = looking(store, async (look) => {
        const found = await look();
        if ((await readJob(id)).state === 'running') claimed();
        await sleep(200);
        return found;
      });
      const queue = await startQueue(
        async (job, signal) => {
          aborted.push(signal.reason);
          await store.release(job);
        },
        { store: slow },
      );
      await claiming;
      await queue.stop(5000);
      expect(aborted).toEqual([queueStopped]);
      expect(await readJob(id)).toMatchObject({ state: 'queued', attempts: 0 });
    });

    it('does not wait for ever for a job that does not end', async () => {
      await addJob();
      const queue = await startQueue(() => new Promise(() => undefined));
      await until('the job runs', () => queue.running() === 1);
      const start = Date.now();
      await queue.stop(200);
      expect(Date.now() - start).toBeLessThan(2000);
    });

    it('is woken at once, and works outside of the context that woke it', async () => {
      const context = new AsyncLocalStorage<string>();
      const seen: unknown[] = [];
      const queue = await startQueue(
        async (job) => {
          seen.push(context.getStore());
          await finish(job);
        },
        { pollMs: 60_000 },
      );
      await sleep(100);
      const id = await addJob();
      expect(context.run('a request', () => queue.wake())).toBeUndefined();
      expect(seen).toEqual([]);
      await allDone([id]);
      expect(seen).toEqual([undefined]);
    });

    it('finds a job that was written while it looked', async () => {
      const ids: number[] = [];
      const queue = await startQueue(async (job) => void (await finish(job)), { pollMs: 60_000 });
      for (let index = 0; index < 10; index += 1) {
        ids.push(await addJob());
        queue.wake();
      }
      await allDone(ids);
    });

    it('goes on after a run that throws, at once or later', async () => {
      const ids = await addJobs(4);
      const seen: number[] = [];
      const run = (job: ClaimedJob): Promise<void> => {
        seen.push(job.id);
        if (job.id === ids[0]) throw new Error('thrown at once');
        if (job.id === ids[1]) return Promise.reject(new Error('thrown later'));
        return finish(job).then(() => undefined);
      };
      const queue = await startQueue(run, { leaseMs: 60_000, concurrency: 1 });
      await allDone(ids.slice(2));
      expect(seen).toEqual(ids);
      expect(errors).toEqual([expect.stringContaining('thrown at once'), expect.stringContaining('thrown later')]);
      await until('nothing runs', () => queue.running() === 0);
    });

    it('goes on when the table could not be read', async () => {
      const id = await addJob();
      let failures = 2;
      const shaky = looking(store, (look) =>
        failures-- > 0 ? Promise.reject(new Error('the database is away')) : look(),
      );
      await startQueue(async (job) => void (await finish(job)), { store: shaky });
      await allDone([id]);
      expect(errors.length).toBeGreaterThanOrEqual(2);
      expect(errors[0]).toMatch(/the database is away/);
    });
  });
}
