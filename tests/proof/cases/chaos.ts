import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from '../../../scripts/lib/client';
import { type Random, seeded } from '../../fixtures/random';
import { type Emulator, startEmulator } from '../../support/emulator';
import { type Client, type Nodes, startNodes } from '../../support/nodes';
import { type OwnRedis, ownRedis } from '../../support/own-redis';
import { QUICK, writeQuickModel } from '../../support/quick-model';
import { startProxyTo, type TcpProxy } from '../../support/tcp-proxy';
import { type Receiver, startReceiver } from '../../support/webhooks';
import { type Count, exactly, told } from '../report';
import { chaosRules, feed } from './chaos-assets';
import {
  assetCounts,
  furtherCharges,
  chaosAssets,
  eventCounts,
  isComplete,
  jobCounts,
  orphans,
  sweep,
} from './chaos-counts';
import { type Crew, nodeCrew, workerCrew } from './chaos-crew';
import { moneyCounts } from './paid-kills';
import { jobsIn, reasonsOf, settledOrStuck } from './parts';

export interface ChaosOptions {
  client: Client;
  driver: 'embedded' | 'bull';
  assets: number;
  kills: number;
  /** Restarts of Redis (Bull), and cuts of all connections to the database (servers). */
  faults: number;
  workers: number;
  /** The default model on photos in place of the quick one on small pictures. */
  real: boolean;
  /** Of every random choice; what processes make of their time stays as it comes. */
  seed: number;
}

/** How long the service keeps its answer back after the work is done and charged, so that kills meet it. */
const ANSWER_MS = 700;
const LONGEST_AWAY_MS = 2500;
const PATIENCE_MS = 120_000;

interface Stage {
  options: ChaosOptions;
  nodes: Nodes;
  emulator: Emulator;
  receiver: Receiver;
  redis: OwnRedis | null;
  proxy: TcpProxy | null;
}

/**
 * A web node plans and `cutout worker` processes do the jobs, while workers are killed, Redis forgets all and comes back,
 * and the database cuts its connections, each at a random point of the work. Pictures come all the while, by several
 * rules, some of them paid for. On SQLite the one Strapi node does it all and is killed.
 */
export async function chaos(options: ChaosOptions): Promise<Count[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'cutout-chaos-'));
  const emulator = await startEmulator();
  const { apiKey, apiUrl, accountUrl } = emulator;
  const redis = options.driver === 'bull' ? await ownRedis() : null;
  await redis?.start();
  // One in twelve is refused at first.
  const receiver = await startReceiver(({ fileId }, before) => (before === 0 && Number(fileId) % 12 === 0 ? 503 : 200));
  const { modelsDir } = writeQuickModel(path.join(folder, 'models'));
  let proxy: TcpProxy | null = null;
  let nodes: Nodes | null = null;
  try {
    nodes = await startNodes({
      client: options.client,
      count: 1,
      config: {
        ...(options.real ? {} : { local: { model: QUICK, modelsDir, cacheDir: path.join(folder, 'cache') } }),
        remote: { apiKey, apiUrl, accountUrl },
        rules: chaosRules,
        jobs: { pollMs: 500, retryDelayMs: 200, leaseMs: 4000, reconcileMs: 15_000 },
        ...(redis ? { queue: { driver: 'bull', redis: `redis://127.0.0.1:${redis.port}` } } : {}),
        ...(options.client === 'sqlite' ? {} : { role: 'web' }),
      },
      address: async (url) => {
        if (options.client === 'sqlite') return url;
        const way = await startProxyTo(url);
        proxy = way.proxy;
        return way.address;
      },
    });
    await receiver.register(nodes, ['cutout.ready']);
    await emulator.setFault({ kind: 'slow-answer', ms: ANSWER_MS });
    return await goThrough({ options, nodes, emulator, receiver, redis, proxy });
  } finally {
    await nodes?.stop();
    await (proxy as TcpProxy | null)?.stop();
    await redis?.stop();
    await receiver.stop();
    await emulator.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function goThrough(stage: Stage): Promise<Count[]> {
  const { options, nodes, emulator, receiver } = stage;
  const { client, assets, seed, workers, real } = options;
  const crew = client === 'sqlite' ? nodeCrew(nodes) : await workerCrew(nodes, workers);
  try {
    let ended = 0;
    const fed = feed({ nodes, assets, seed, photos: real, ended: () => ended });
    // Its failure is thrown where it is awaited.
    fed.catch(() => undefined);
    await makeChaos(stage, crew, async () => (ended = await endedJobs(nodes)));
    const watch = setInterval(() => void endedJobs(nodes).then((now) => (ended = now)), 1000);
    const refusals = await fed.finally(() => clearInterval(watch));
    await settledOrStuck(nodes, () => allEnded(nodes, assets), PATIENCE_MS);
    const held = (await jobsIn(nodes)).filter(({ state }) => state === 'held');
    const money = [
      ...(await moneyCounts(nodes, emulator)),
      told('jobs then', reasonsOf(await jobsIn(nodes))),
      exactly(
        'held for another reason than an unknown call',
        held.filter((job) => job.reason_code !== 'remote.outcome-unknown').length,
        0,
      ),
    ];
    await payAgain(nodes, [...new Set(held.map((job) => job.file_id))]);
    await settledOrStuck(nodes, () => allEnded(nodes, assets), PATIENCE_MS);
    await settledOrStuck(
      nodes,
      async () => (await nodes.rows('select id from cutout_events')).length === 0,
      PATIENCE_MS,
    );
    await crew.stop();
    const before = (await orphans(nodes)).length;
    await sweep(nodes);
    const left = await orphans(nodes);
    if (left.length > 0) console.error(left.slice(0, 10));
    return [
      told('seed', seed),
      told('kills', options.kills),
      told('restarts of Redis', stage.redis ? options.faults : 0),
      told('cuts of the database', stage.proxy ? options.faults : 0),
      ...(await assetCounts(nodes, assets)),
      ...money,
      exactly('further charges that no person decided', Math.max(0, (await furtherCharges(emulator)) - held.length), 0),
      ...(await jobCounts(nodes)),
      ...(await eventCounts(nodes, receiver)),
      told('files without an asset before the sweep', before),
      exactly('files without an asset after it', left.length, 0),
      told('uploads that had to be sent again', refusals.length),
      told('starts of a worker that failed', crew.failedStarts()),
      exactly('processes that ended by themselves', crew.ended(), 0),
      exactly('unhandled rejections in the log', crew.log().match(/unhandled/gi)?.length ?? 0, 0),
    ];
  } finally {
    await crew.stop();
  }
}

type Fault = 'kill' | 'redis' | 'database';

/** The faults in random order, each when a random number of jobs has ended. */
function plan({ options, redis, proxy }: Stage, random: Random): { at: number; what: Fault }[] {
  const { assets, kills, faults } = options;
  const counts: Record<Fault, number> = { kill: kills, redis: redis ? faults : 0, database: proxy ? faults : 0 };
  return (Object.keys(counts) as Fault[])
    .flatMap((what) => Array.from({ length: counts[what] }, () => ({ at: Math.floor(random() * assets * 0.95), what })))
    .sort((a, b) => a.at - b.at);
}

async function makeChaos(stage: Stage, crew: Crew, ended: () => Promise<number>): Promise<void> {
  const random = seeded(stage.options.seed);
  // A kill does not wait until Redis or the database is back.
  const going: Record<Fault, Promise<void>> = {
    kill: Promise.resolve(),
    redis: Promise.resolve(),
    database: Promise.resolve(),
  };
  for (const { at, what } of plan(stage, random)) {
    for (const late = Date.now() + PATIENCE_MS; (await ended()) < at && Date.now() < late;) await sleep(100);
    await sleep(random() * 1000);
    const away = random() * LONGEST_AWAY_MS;
    const acts: Record<Fault, () => Promise<void>> = {
      kill: () => crew.killOne(random),
      redis: async () => {
        await stage.redis!.kill();
        await sleep(away);
        await stage.redis!.start();
      },
      database: async () => {
        await stage.proxy!.cut();
        await sleep(away);
        await stage.proxy!.mend();
      },
    };
    going[what] = going[what].then(acts[what]);
    if (what === 'kill') await going.kill;
  }
  await Promise.all(Object.values(going));
}

async function endedJobs(nodes: Nodes): Promise<number> {
  const [row] = await nodes.rows<{ n: number }>(
    "select count(*) as n from cutout_jobs where state not in ('queued', 'running')",
  );
  return Number(row!.n);
}

async function allEnded(nodes: Nodes, assets: number): Promise<boolean> {
  const jobs = await jobsIn(nodes);
  if (jobs.some(({ state }) => state === 'queued' || state === 'running')) return false;
  const held = new Set(jobs.filter(({ state }) => state === 'held').map((job) => job.file_id));
  const all = await chaosAssets(nodes);
  return all.length >= assets && all.every((asset) => isComplete(asset) || held.has(asset.id));
}

/** What a person decides where a killed process does not know whether it paid. */
async function payAgain(nodes: Nodes, ids: number[]): Promise<void> {
  const { url, admin } = nodes.session(0);
  const { data } = await request(url, 'POST', '/admin/login', { json: admin });
  for (const id of ids)
    await request(url, 'POST', `/cutout/assets/${id}/run`, { bearer: data.token, json: { force: true } });
}
