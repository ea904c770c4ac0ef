/**
 * `npm run bench:jobs`: from an upload's answer to its running job on an idle queue, and how much faster four worker
 * processes are than one; how soon a click's job runs during a bulk run. On PostgreSQL, with both drivers; writes tests/bench/JOBS.md.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { dropDatabases } from '../../scripts/lib/database';
import { JOB } from '../../server/src/tables/jobs';
import { bootCore, type CoreApp, jobsOf, listen, removeData, upload } from '../support/core';
import { disc, QUICK, writeQuickModel } from '../support/quick-model';
import { clicksInBulk } from './clicks';
import { startTs } from '../support/ts-process';
import { until } from '../support/until';

const REDIS = process.env.REDIS_URL || 'redis://127.0.0.1:6379';
const UPLOADS = 60;
const JOBS = 400;
const PROCESSES = 4;
const limits = { embedded: 100, bull: 150 };
type Driver = keyof typeof limits;
const drivers = Object.keys(limits) as Driver[];
const queueOf = (driver: Driver) => (driver === 'bull' ? { driver, redis: REDIS, prefix: `bench-${process.pid}` } : {});
const say = (line: string) => void process.stdout.write(`${line}\n`);

async function latency(driver: Driver): Promise<{ p50: number; p95: number }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'cutout-bench-'));
  const { modelsDir } = writeQuickModel(path.join(folder, 'models'));
  const local = { model: QUICK, modelsDir, cacheDir: path.join(folder, 'cache') };
  const app = await bootCore({ config: { local, rules: { everything: true }, jobs: {}, queue: queueOf(driver) } });
  try {
    const session = await listen(app);
    const waits: number[] = [];
    for (let index = -3; index < UPLOADS; index += 1) {
      const bytes = await disc(index + 3);
      const { id } = await upload(session, { name: `u${index}.jpg`, bytes, type: 'image/jpeg' });
      const answered = Date.now();
      const job = await until('its job is done', async () => {
        const [made] = await jobsOf(app, id);
        return made?.state === 'done' && made;
      });
      await sleep(200);
      // The first ones open connections and start the child. A job that runs before the answer waits for nothing.
      if (index >= 0) waits.push(Math.max(0, new Date(job.startedAt!).getTime() - answered));
    }
    waits.sort((a, b) => a - b);
    const at = (share: number) => waits[Math.min(waits.length - 1, Math.ceil(share * waits.length) - 1)]!;
    return { p50: at(0.5), p95: at(0.95) };
  } finally {
    await app.stop();
    removeData(app);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function addJobs(app: CoreApp): Promise<void> {
  for (let index = 0; index < JOBS; index += 1) {
    const [name, ext, mime] = ['a.jpg', '.jpg', 'image/jpeg'];
    const data = { name, hash: 'a', ext, mime, size: 1, url: '/uploads/a.jpg', provider: 'local' };
    const file = (await app.strapi.db.query('plugin::upload.file').create({ data })) as { id: number };
    const job = { fileId: file.id, version: 1, engine: 'local', presets: ['default'], ask: 'a', source: 'upload' };
    // Due all at once.
    const runAt = new Date(Date.now() + 3_600_000);
    await app.strapi.db.query(JOB).create({ data: { ...job, state: 'queued', runAt, turnAt: runAt } });
  }
}

async function distribution(driver: Driver, processes: number): Promise<number> {
  const app = await bootCore({ config: { role: 'web' } });
  const config = JSON.stringify({ role: 'worker', queue: queueOf(driver), jobs: { pollMs: 500 } });
  const workers = [];
  try {
    await addJobs(app);
    for (let index = 0; index < processes; index += 1) {
      workers.push(await startTs('tests/bench/jobs-worker.ts', [app.dataDir, config]));
    }
    await sleep(1500);
    const began = Date.now();
    const now = new Date();
    const jobs = app.strapi.db.query(JOB);
    await jobs.updateMany({ where: { state: 'queued' }, data: { runAt: now, turnAt: now } });
    await until('all are done', async () => (await jobs.count({ where: { state: 'done' } })) === JOBS, 400_000);
    return (Date.now() - began) / 1000;
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
    await app.stop();
    removeData(app);
  }
}

async function main(): Promise<void> {
  process.env.CUTOUT_TEST_DB = 'postgres';
  const lines: string[] = [];
  let met = true;
  for (const driver of drivers) {
    const { p50, p95 } = await latency(driver);
    met &&= p95 < limits[driver];
    lines.push(`| ${driver} | ${p50} ms | ${p95} ms | ${limits[driver]} ms |`);
    say(lines.at(-1)!);
  }
  const spread: string[] = [];
  for (const driver of drivers) {
    const one = await distribution(driver, 1);
    const four = await distribution(driver, PROCESSES);
    met &&= one / four >= 3.5;
    spread.push(`| ${driver} | ${one.toFixed(1)} s | ${four.toFixed(1)} s | ${(one / four).toFixed(2)} | 3.5 |`);
    say(spread.at(-1)!);
  }
  const clicks: string[] = [];
  for (const driver of drivers) {
    const { median, longest, picture } = await clicksInBulk({ queue: queueOf(driver) });
    const most = Math.max(2000, picture);
    met &&= longest < most;
    clicks.push(`| ${driver} | ${median} ms | ${longest} ms | ${picture} ms | ${most} ms |`);
    say(clicks.at(-1)!);
  }
  writeFileSync(path.join(process.cwd(), 'tests/bench/JOBS.md'), page(lines, spread, clicks));
  await dropDatabases('postgres', process.pid);
  process.exit(met ? 0 : 1);
}

const page = (latencies: string[], spread: string[], clicks: string[]): string =>
  `# Jobs: how soon they run, and how they spread

Written by \`npm run bench:jobs\` on ${new Date().toISOString().slice(0, 10)}: ${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.version},
PostgreSQL and Redis on the same machine.

## From the answer of an upload to its running job, idle queue

${UPLOADS} uploads of the quick model, one after another; \`jobs.pollMs\` at its default of 5 s, so that nothing but being
woken explains the figures. A job that runs before the answer has arrived counts as 0.

| driver | median | 95 % | wanted below |
| ------ | ------ | ---- | ------------ |
${latencies.join('\n')}

## ${JOBS} jobs of an engine that takes 200 ms, one at a time in each process

Worker processes with the plugin's own queue and table; the engine sleeps, so that the cores are not what is measured.

| driver | 1 process | ${PROCESSES} processes | times faster | wanted |
| ------ | --------- | ----------- | ------------ | ------ |
${spread.join('\n')}

## From a person's click to its running job, while a bulk run over 10,000 images goes on

The default model, one picture at a time on one node; 20 clicks at any moment. The last column is 2 s or the time of one picture.

| driver | median | longest | one picture | wanted below |
| ------ | ------ | ------- | ----------- | ------------ |
${clicks.join('\n')}
`;

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
