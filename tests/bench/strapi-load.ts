import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../../scripts/lib/paths';
import { writeScene } from '../fixtures/files';
import {
  type App,
  type Asset,
  assetStatus,
  createProduct,
  cutoutConfig,
  request,
  residentMb,
  type Session,
  settled,
  startWithSession,
  uploadPhoto,
} from '../support/app';
import { type FromUpload, fromUpload } from './from-upload';
import { machine } from './report';
import { median } from './setting';

/**
 * What the plugin costs the Strapi process: `npm run bench:strapi` prints the figures and writes STRAPI.md; with
 * `--json` the last line is one object. Linux only: memory is read from /proc.
 */

const PIXELS = { width: 4000, height: 3000 };
const WARM_UP = 3;
const RUNS = 5;
const UPLOADS = 9;
const POLL_MS = 500;
const bars = { delayP99Ms: 30, memoryGrowthMb: 60, uploadRatio: 1.1, warm: 1.8, cold: 3 };

interface LoopDelay {
  p50: number;
  p99: number;
  max: number;
}

/** What Strapi's process did in one stretch of time. */
interface Stretch extends LoopDelay {
  ms: number;
  /** Highest resident memory less the resident memory at the start. */
  growthMb: number;
}

interface Figures {
  /** As long and as often asked for its status as during a job, but without one. */
  idle: Stretch;
  jobs: Stretch[];
  memory: { beforeMb: number; afterMb: number };
  upload: { withMs: number[]; withoutMs: number[]; withMedianMs: number; withoutMedianMs: number; ratio: number };
  fromUpload: FromUpload;
}

function askProbe(app: App, probe: 'reset' | 'read'): Promise<LoopDelay> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('The probe in Strapi did not answer within 10 s.')), 10_000);
    app.process.once('message', (message: { probe: LoopDelay }) => {
      clearTimeout(timer);
      resolve(message.probe);
    });
    app.process.send({ probe });
  });
}

async function observe(app: App, work: () => Promise<unknown>): Promise<Stretch> {
  await askProbe(app, 'reset');
  const before = residentMb(app.pid);
  let peak = before;
  const timer = setInterval(() => (peak = Math.max(peak, residentMb(app.pid))), 20);
  const start = performance.now();
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  const ms = Math.round(performance.now() - start);
  return { ...(await askProbe(app, 'read')), ms, growthMb: Math.max(peak, residentMb(app.pid)) - before };
}

async function uploadInto(session: Session, photo: string): Promise<{ asset: Asset; ms: number }> {
  const product = await createProduct(session, { title: 'Benchmark' });
  const target = { ref: 'api::product.product', refId: String(product.id), field: 'photo' };
  const start = performance.now();
  const asset = await uploadPhoto(session, photo, target);
  return { asset, ms: performance.now() - start };
}

/** Makes an asset's cutout anew: no upload of Strapi's own is in the measured time. */
async function rerun(session: Session, asset: Asset): Promise<void> {
  await request(session.url, 'POST', `/cutout/assets/${asset.id}/run`, { bearer: session.jwt, json: { force: true } });
  const status = await settled(session, asset.id, { pollMs: POLL_MS });
  if (status.state !== 'ready') throw new Error(`The benchmark's photo got no cutout: ${status.reason?.message}`);
}

async function askStatus(session: Session, asset: Asset, forMs: number): Promise<void> {
  for (const end = performance.now() + forMs; performance.now() < end; await sleep(POLL_MS)) {
    await assetStatus(session, asset.id);
  }
}

async function measureProcess(
  app: App,
  session: Session,
  photo: string,
): Promise<Omit<Figures, 'upload' | 'fromUpload'>> {
  const { asset } = await uploadInto(session, photo);
  await settled(session, asset.id);
  for (let run = 0; run < WARM_UP; run++) await rerun(session, asset);
  await sleep(2000);
  const idle = await observe(app, () => askStatus(session, asset, 5000));
  const jobs: Stretch[] = [];
  const beforeMb = residentMb(app.pid);
  for (let run = 0; run < RUNS; run++) jobs.push(await observe(app, () => rerun(session, asset)));
  return { idle, jobs, memory: { beforeMb, afterMb: residentMb(app.pid) } };
}

/** Uploads to an app with and to one without the plugin in turn; the job of one upload is over before the next. */
async function measureUploads(withPlugin: Session, without: Session, photo: string): Promise<Figures['upload']> {
  const withMs: number[] = [];
  const withoutMs: number[] = [];
  for (let run = -1; run < UPLOADS; run++) {
    const plain = await uploadInto(without, photo);
    const cut = await uploadInto(withPlugin, photo);
    await settled(withPlugin, cut.asset.id);
    if (run < 0) continue;
    withoutMs.push(Math.round(plain.ms));
    withMs.push(Math.round(cut.ms));
  }
  const withMedianMs = median(withMs);
  const withoutMedianMs = median(withoutMs);
  return { withMs, withoutMs, withMedianMs, withoutMedianMs, ratio: withMedianMs / withoutMedianMs };
}

async function measure(): Promise<Omit<Figures, 'fromUpload'>> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'cutout-bench-'));
  const started: App[] = [];
  const start = async (env: NodeJS.ProcessEnv) => {
    const running = await startWithSession({ env, require: [path.join(root, 'tests/support/probe.js')] });
    started.push(running.app);
    return running;
  };
  try {
    const { photo } = await writeScene({ kind: 'plant', seed: 3, ...PIXELS }, folder, 'photo');
    const subject = await start(cutoutConfig({}));
    const load = await measureProcess(subject.app, subject.session, photo);
    const control = await start({ CUTOUT_ENABLED: 'false' });
    return { ...load, upload: await measureUploads(subject.session, control.session, photo) };
  } finally {
    for (const app of started) await app.stop();
    for (const app of started) app.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

const verdict = (holds: boolean) => (holds ? 'holds' : '**falls short**');

function timesRun(name: string, ms: number, run: number, bar: number): string[] {
  const times = ms / run;
  return [name, `${ms} ms = ${times.toFixed(2)} × the bare run's ${run} ms`, `≤ ${bar} ×`, verdict(times <= bar)];
}

function asMarkdown({ idle, jobs, memory, upload, fromUpload }: Figures): string {
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  const mb = (value: number) => `${value.toFixed(0)} MB`;
  const p99 = Math.max(...jobs.map((job) => job.p99));
  const growth = Math.max(...jobs.map((job) => job.growthMb));
  const rows = [
    ['event-loop delay p99, worst job', ms(p99), `< ${bars.delayP99Ms} ms`, verdict(p99 < bars.delayP99Ms)],
    ['the same without a job', ms(idle.p99), '', ''],
    [
      'longest event-loop delay in any job / without',
      `${ms(Math.max(...jobs.map((job) => job.max)))} / ${ms(idle.max)}`,
      '',
      '',
    ],
    [
      'memory growth in one job, worst',
      mb(growth),
      `< ${bars.memoryGrowthMb} MB`,
      verdict(growth < bars.memoryGrowthMb),
    ],
    ['the same without a job', mb(idle.growthMb), '', ''],
    [`memory before / after ${jobs.length} jobs`, `${mb(memory.beforeMb)} / ${mb(memory.afterMb)}`, '', ''],
    [
      'upload response with / without the plugin (medians)',
      `${upload.withMedianMs} / ${upload.withoutMedianMs} ms = ${upload.ratio.toFixed(3)}`,
      `≤ ${bars.uploadRatio.toFixed(2)}`,
      verdict(upload.ratio <= bars.uploadRatio),
    ],
    ['whole job, request to cutout (median)', `${median(jobs.map((job) => job.ms))} ms`, '', ''],
    timesRun("1 MP, from the upload's answer to `formats.cutout`, warm", fromUpload.warm, fromUpload.run, bars.warm),
    timesRun('the same with no picture child yet', fromUpload.cold, fromUpload.run, bars.cold),
  ];
  const { cpu, cores, memoryGb, loadAverage, node, os: system } = machine(root);
  return `# What the plugin costs the Strapi process

Written by \`npm run bench:strapi\`. One ${(PIXELS.width * PIXELS.height) / 1e6}-megapixel photo (generated scene) in a real
Strapi app in production mode on SQLite: ${RUNS} jobs in a row on a warm app, then ${UPLOADS} uploads in turn to an app with
and one without the plugin, each upload's job over before the next begins; then uploads of 1 megapixel to one with it.

Machine: ${cpu}, ${cores} cores, ${memoryGb} GB, load average at the end ${loadAverage}; Node ${node}, ${system}.

| figure | measured | bar | |
|---|---|---|---|
${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}

Delays are intervals between ticks of a 1 ms timer inside Strapi's process, so an idle loop reads little more than 1 ms.
`;
}

async function main(): Promise<void> {
  if (!existsSync('/proc/self/status')) throw new Error('bench:strapi: expected Linux, where /proc tells the memory.');
  const figures = { ...(await measure()), fromUpload: await fromUpload() };
  const page = asMarkdown(figures);
  const file = path.join(root, 'tests/bench/STRAPI.md');
  writeFileSync(file, page);
  process.stdout.write(process.argv.includes('--json') ? `${JSON.stringify(figures)}\n` : page);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
