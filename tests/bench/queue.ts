import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import type { Core } from '@strapi/strapi';
import { dropDatabases, testClient } from '../../scripts/lib/database';
import { root } from '../../scripts/lib/paths';
import { parseConfig } from '../../server/src/config';
import { createOutbox } from '../../server/src/events/outbox';
import { createPlanner } from '../../server/src/jobs/plan';
import { createPlanMany } from '../../server/src/jobs/plan-many';
import { createJobStore, type JobStore } from '../../server/src/jobs/store';
import { createLedger } from '../../server/src/usage/ledger';
import { createReservations } from '../../server/src/usage/reserve';
import { createWindows } from '../../server/src/usage/windows';
import { bootCore, removeData } from '../support/core';
import { addManyJobs, takeStatistics } from '../support/many-jobs';
import { statementsOf } from '../support/rows-read';
import { machine } from './report';
import { median } from './setting';

/**
 * What the queue costs with a thousand jobs and with a million: `npm run bench:queue` prints the figures and writes
 * QUEUE.md. `--jobs` and `--assets` take less, and write nothing. On the databases named by `--on`, PostgreSQL and
 * MariaDB when left out.
 */

const CLAIMS = 200;
const RESERVATIONS = 30;
const NEVER = new AbortController().signal;

interface Figures {
  claimMs: [few: number, many: number];
  plannedPerSecond: { one: number; many: number };
  reserveMs: [few: number, many: number];
  reserveStatements: [few: number, many: number];
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Seven of ten are due, one waits, two have ended: a bulk run in the middle. */
async function fill(strapi: Core.Strapi, count: number): Promise<void> {
  const later = new Date(Date.now() + 8 * 60_000);
  await addManyJobs(strapi, {
    count,
    job: (index) => {
      if (index % 10 < 7) return { engine: index % 3 ? 'local' : 'remote' };
      if (index % 10 === 7) return { runAt: later, turnAt: later, reasonCode: 'budget.reached', priority: 10 };
      return { state: 'done', finishedAt: new Date() };
    },
  });
  await takeStatistics(strapi);
}

async function claimMs(store: JobStore): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < CLAIMS; index += 1) {
    const started = performance.now();
    const job = await store.claim(60_000);
    times.push(performance.now() - started);
    if (!job) throw new Error('Expected a job to claim, found none.');
    await store.finish(job, { chosen: null, timings: null });
  }
  return median(times);
}

async function timed(count: number, work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return Math.round((count / (performance.now() - started)) * 1000);
}

/** New assets that a rule wants: planned one by one, eight at a time, and many at once. */
async function planned(strapi: Core.Strapi, assets: number): Promise<Figures['plannedPerSecond']> {
  const now = Date.now;
  const store = createJobStore(strapi, now);
  const config = parseConfig({ rules: { everything: true } });
  const parts = { strapi, config, jobs: store, wake: () => undefined, now };
  const outbox = createOutbox({ strapi, now, onWake: () => undefined });
  const local = { model: config.local.model, weights: '', effort: config.local.effort, equals: [] };
  const making = () => ({ local, refine: config.refine });
  const planner = createPlanner({ ...parts, outbox, making, takeUpSettings: async () => false });
  const planMany = createPlanMany({ ...parts, planner, making });
  const add = async (count: number) => {
    const first = await addManyJobs(strapi, { count, job: () => ({ state: 'done', ask: 'older' }) });
    return Array.from({ length: count }, (_, index) => first + index);
  };
  const few = Math.min(assets, 2000);
  const one = await add(few);
  const perSecond = await timed(few, () =>
    Promise.all(
      Array.from({ length: 8 }, async () => {
        for (let id = one.pop(); id !== undefined; id = one.pop()) await planner.plan(id, { source: 'bulk' });
      }),
    ),
  );
  const many = await add(assets);
  return { one: perSecond, many: await timed(assets, () => planMany(many, { source: 'bulk' }, NEVER)) };
}

/** Reservations of a budget, among entries of cycles that are over. */
async function reserved(
  strapi: Core.Strapi,
  entries: number,
  name: string,
): Promise<{ ms: number; statements: number }> {
  const longAgo = new Date(Date.now() - 90 * 24 * 3_600_000);
  for (let done = 0; done < entries; done += 500) {
    const rows = Array.from({ length: Math.min(500, entries - done) }, (_, index) => ({
      ...{ engine: 'remote', source: 'upload', outcome: 'charged', credits: 1, claim: `${name}:${done + index}` },
      ...{ created_at: longAgo, updated_at: longAgo, source_hash: `${name}:${done + index}`, model: 'rembg' },
    }));
    await strapi.db.getConnection('cutout_ledger').insert(rows);
  }
  const settings = { credits: 1_000_000, reserve: 0, atLimit: 'hold' as const };
  const ledger = createLedger(strapi, Date.now);
  const windows = createWindows(strapi, Date.now);
  const onAlert = async () => undefined;
  const parts = { strapi, settings, ledger, windows, balance: async () => null, onAlert, now: Date.now };
  const reservations = createReservations(parts);
  const times: number[] = [];
  let statements = 0;
  for (let index = 0; index < RESERVATIONS; index += 1) {
    const job = { id: 1, fileId: 1, source: 'upload' as const };
    const entry = { job, engine: 'remote' as const, model: 'rembg', sourceHash: `new:${name}:${index}` };
    const started = performance.now();
    const seen = await statementsOf(strapi, () => reservations.reserve({ ...entry, keyPrint: 'x', decided: false }));
    times.push(performance.now() - started);
    statements = seen.length;
  }
  return { ms: median(times), statements };
}

async function measure(name: string, jobs: number, assets: number): Promise<Figures> {
  process.env.CUTOUT_TEST_DB = name;
  const client = testClient();
  say(`${client}: starting`);
  const app = await bootCore();
  const { strapi } = app;
  try {
    const store = createJobStore(strapi, Date.now);
    await fill(strapi, 1000);
    const fewClaim = await claimMs(store);
    const fewReserve = await reserved(strapi, 1000, 'few');
    say(`${client}: planning ${assets} assets`);
    const plannedPerSecond = await planned(strapi, assets);
    say(`${client}: writing ${jobs} jobs`);
    await fill(strapi, jobs);
    const manyClaim = await claimMs(store);
    say(`${client}: writing ${jobs} ledger entries`);
    const manyReserve = await reserved(strapi, jobs, 'many');
    return {
      claimMs: [fewClaim, manyClaim],
      plannedPerSecond,
      reserveMs: [fewReserve.ms, manyReserve.ms],
      reserveStatements: [fewReserve.statements, manyReserve.statements],
    };
  } finally {
    await app.stop();
    removeData(app);
    if (client !== 'sqlite') await dropDatabases(client, process.pid);
  }
}

const ms = (value: number): string => `${value.toFixed(1)} ms`;

function page(figures: Record<string, Figures>, jobs: number, assets: number): string {
  const { cpu, cores, node, loadAverage } = machine(root);
  const rows = Object.entries(figures).flatMap(
    ([client, { claimMs, plannedPerSecond, reserveMs, reserveStatements }]) => [
      [client, 'a claim, at 1,000 jobs', ms(claimMs[0]), ''],
      ['', `a claim, at ${jobs.toLocaleString('en')} jobs`, ms(claimMs[1]), '≤ 2 × as long'],
      ['', `jobs planned one by one, a transaction each`, `${plannedPerSecond.one} / s`, ''],
      ['', `${assets.toLocaleString('en')} jobs planned many at once`, `${plannedPerSecond.many} / s`, '≥ 1,000 / s'],
      ['', 'a reservation, at 1,000 ledger entries', `${ms(reserveMs[0])}, ${reserveStatements[0]} statements`, ''],
      [
        '',
        `a reservation, at ${jobs.toLocaleString('en')}`,
        `${ms(reserveMs[1])}, ${reserveStatements[1]} statements`,
        'as many',
      ],
    ],
  );
  return `# The queue at scale

Written by \`npm run bench:queue\`. Medians of ${CLAIMS} claims and ${RESERVATIONS} reservations. Of the jobs 70 % are due, 10 % wait for
credits within the next minutes and would go first by priority, 20 % have ended. The ledger's entries are of cycles that are over.

Machine: ${cpu}, ${cores} cores, load average ${loadAverage}, Node ${node}; the database on the same machine.

| database | | measured | wanted |
|---|---|---|---|
${rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}
`;
}

async function main(args: string[]): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ args, options: { jobs: text, assets: text, on: text } });
  const [jobs, assets] = [Number(values.jobs ?? 1_000_000), Number(values.assets ?? 100_000)];
  const figures: Record<string, Figures> = {};
  for (const client of (values.on ?? 'postgres,mysql').split(','))
    figures[client] = await measure(client, jobs, assets);
  const written = page(figures, jobs, assets);
  console.log(written);
  const isWhole = values.jobs === undefined && values.assets === undefined;
  if (isWhole) writeFileSync(path.join(root, 'tests', 'bench', 'QUEUE.md'), written);
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
