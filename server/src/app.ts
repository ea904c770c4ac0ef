import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import type { Core } from '@strapi/strapi';
import { MATTE_KEY } from './assets/keys';
import { type Clock, createDatabaseClock } from './clock';
import { parseConfig } from './config';
import type { Config } from './config/schema';
import { createLocalModel, type LocalModel } from './engines/local/local-model';
import { messageOf } from './errors';
import { createLooks, type Looks } from './jobs/looks';
import { createPlanner, type Planner } from './jobs/plan';
import type { JobQueue, RunJob } from './jobs/queue';
import { createQueue } from './jobs/queues';
import { createReconciler, type Reconciler } from './jobs/reconcile';
import { createJobStore, type JobStore } from './jobs/store';
import { createWaiting, type Waiting } from './jobs/waiting';
import { createWorkMetrics, type ProcessMetrics, type WorkMetrics } from './metrics/work';
import { createMattes, type Mattes } from './mattes';
import { releaseMatte } from './mattes/discard';
import type { Engine } from './mattes/engine';
import { createFlush } from './mattes/flush';
import { createLocalEngine } from './mattes/local-engine';
import { createRemoteEngine } from './mattes/remote-engine';
import { createSpool } from './mattes/spool';
import { createMatteSweep } from './mattes/sweep';
import { createMake } from './pipeline/make';
import { createRunJob, type RunJobOptions } from './pipeline/run-job';
import { createPool } from './pool';
import type { Pool } from './pool/contract';
import { JOB, type JobRow } from './tables/jobs';
import { BUDGET_EVENT, budgetPayload } from './usage/budget-event';
import { checkAccount } from './usage/check';
import { createLedger, type Ledger } from './usage/ledger';
import { createReservations, type Reservations } from './usage/reserve';
import { connectService, type Service } from './usage/service';
import { createWindows, type Windows } from './usage/windows';
import { READY_EVENT, readyPayload } from './variants/ready-event';
import { createSweeper, type Sweeper } from './variants/sweep';
import { createSweepSoon, type SweepSoon } from './variants/sweep-soon';
import { type EngineId, type EngineName, engineName, type Reason } from './words';

/** Everything the plugin is made of, wired together once at boot. */
export interface CutoutApp {
  config: Config;
  clock: Clock;
  jobs: JobStore;
  waiting: Waiting;
  looks: Looks;
  /** Jobs of which engines this process takes at the moment; start/presence keeps it. */
  takes: readonly EngineName[];
  /** What this process has done. */
  metrics: WorkMetrics;
  /** The same of all that live and take jobs, as far as they told; start/presence keeps it. */
  processes: () => Promise<ProcessMetrics[]>;
  /** What wakes whoever acts on looks; set while somebody does. */
  onLook: () => void;
  planner: Planner;
  reconciler: Reconciler;
  sweeper: Sweeper;
  sweepSoon: SweepSoon;
  queue: JobQueue;
  pool: Pool;
  localModel: LocalModel;
  mattes: Mattes;
  engines: Record<EngineId, Engine>;
  /** Deletes files of mattes that are out of use. */
  sweepMattes: () => Promise<number>;
  /** Stores paid mattes that were left unstored. */
  flush: () => Promise<void>;
  ledger: Ledger;
  reservations: Reservations;
  windows: Windows;
  /** Null without an API key. */
  service: Service | null;
  /** See usage/check. */
  checkAccount(): Promise<Reason | null>;
}

/** Not in Strapi's container: its `has` is missing before 5.53. */
const apps = new WeakMap<Core.Strapi, CutoutApp>();

export async function createApp(strapi: Core.Strapi): Promise<CutoutApp> {
  const config = parseConfig(strapi.config.get('plugin::cutout'));
  const clock = createDatabaseClock(strapi);
  await clock.sync();
  const { now } = clock;
  const jobs = createJobStore(strapi, now);
  const waiting = createWaiting(strapi, now);
  const pool = createPool(config.local);
  const sweeper = createSweeper(strapi, jobs.open, async (row) => {
    if (row.key === MATTE_KEY) await releaseMatte(strapi, row);
  });
  const sweepSoon = createSweepSoon(strapi, sweeper);
  const money = await createMoney(strapi, config, now);
  const mattes = createMattes(strapi, now);
  const making = await createEngines(strapi, { config, pool, mattes, waiting, now, ...money });
  const wake = () => queue.wake();
  const planner = createPlanner({ strapi, config, jobs, wake, now });
  const looks = createLooks({ strapi, planner, onWake: () => app.onLook() });
  const make = createMake({ strapi, config, pool, mattes, engines: making.engines });
  const onReady: RunJobOptions['onReady'] = (job, entries) => emit(strapi, READY_EVENT, readyPayload(job, entries));
  const { ledger, service, reservations } = money;
  const run = createRunJob({ strapi, config, pool, jobs, waiting, planner, sweepSoon, ledger, make, now, onReady });
  const metrics = createWorkMetrics(() => pool.pids());
  const queue = createQueue({
    ...{ config, store: jobs, run: measured(strapi, metrics, run) },
    hasRemote: service !== null,
    installation: await installationId(strapi),
    engines: () => app.takes,
    onError: (message) => strapi.log.error(`[cutout] ${message}`),
    onNotice: (message) => strapi.log.warn(`[cutout] ${message}`),
  });
  const reconciler = createReconciler({ strapi, config, planner, jobs });
  const sweepMattes = createMatteSweep({ strapi, now, onDeleted: (ledgerId) => reservations.forget(ledgerId) });
  const app: CutoutApp = {
    ...{
      config,
      clock,
      jobs,
      waiting,
      looks,
      planner,
      reconciler,
      sweeper,
      sweepSoon,
      queue,
      pool,
      mattes,
      sweepMattes,
    },
    ...making,
    ...money,
    takes: engineName.options,
    metrics,
    processes: async () => [],
    onLook: () => undefined,
    checkAccount: () =>
      checkAccount(service, async (codes) => {
        if ((await waiting.lookAgain(codes)) > 0) wake();
      }),
  };
  return app;
}

type Money = Pick<CutoutApp, 'ledger' | 'reservations' | 'windows' | 'service'>;

async function createMoney(strapi: Core.Strapi, config: Config, now: () => number): Promise<Money> {
  const { budget } = config.remote;
  const ledger = createLedger(strapi, now);
  const windows = createWindows(strapi, now);
  const service = await connectService({ strapi, config, windows, now });
  const reservations = createReservations({
    strapi,
    settings: budget,
    ledger,
    windows,
    balance: async () => (await service?.balance()) ?? null,
    onAlert: (percent, window) => emit(strapi, BUDGET_EVENT, budgetPayload(percent, window, budget)),
    now,
  });
  return { ledger, windows, service, reservations };
}

interface EngineParts extends Money {
  config: Config;
  pool: Pool;
  mattes: Mattes;
  waiting: Waiting;
  now: () => number;
}

async function createEngines(
  strapi: Core.Strapi,
  { config, pool, mattes, waiting, ledger, reservations, service, now }: EngineParts,
): Promise<Pick<CutoutApp, 'localModel' | 'engines' | 'flush'>> {
  const fromRoot = (path: string) => resolve(strapi.dirs.app.root, path);
  const { modelsDir, cacheDir } = config.local;
  const localModel = createLocalModel({
    config: config.local,
    modelsDir: modelsDir === null ? null : fromRoot(modelsDir),
    cacheDir: fromRoot(cacheDir),
  });
  const { table } = mattes;
  const spool = createSpool(fromRoot(config.remote.paidDir), await installationId(strapi));
  const onStored = async (sourceHash: string) => {
    await waiting.lookAgain(['remote.in-flight']);
    await waiting.unhold('remote.outcome-unknown', sourceHash);
  };
  return {
    localModel,
    engines: {
      local: createLocalEngine({
        ...{ model: localModel, pool, config },
        onRemark: (remark) => strapi.log.warn(`[cutout] ${remark}`),
      }),
      remote: createRemoteEngine({ service, config, pool, ledger, reservations, spool, table, now }),
    },
    flush: createFlush({ strapi, spool, table, ledger, now, onStored }),
  };
}

/** Names this database, so that what a process left on disk for another one is not taken for its own. */
async function installationId(strapi: Core.Strapi): Promise<string> {
  const place = { type: 'plugin', name: 'cutout', key: 'installation' } as const;
  const known = (await strapi.store.get(place)) as string | null;
  if (known !== null) return known;
  await strapi.store.set({ ...place, value: randomUUID() });
  return (await strapi.store.get(place)) as string;
}

/** Notes how each run ended, as its row says. */
function measured(strapi: Core.Strapi, metrics: WorkMetrics, run: RunJob): RunJob {
  return async (job, signal) => {
    const began = performance.now();
    await run(job, signal);
    const row = (await strapi.db.query(JOB).findOne({ where: { id: job.id } })) as JobRow | null;
    // Gone with its asset, or another process has it.
    if (row && row.state !== 'running') metrics.ended(row, (performance.now() - began) / 1000);
  };
}

/** Not awaited: a slow webhook must not keep a job's place. */
function emit(strapi: Core.Strapi, event: string, payload: Record<string, unknown>): void {
  strapi.eventHub
    .emit(event, payload)
    .catch((error: unknown) => strapi.log.error(`[cutout] ${event}: ${messageOf(error)}`));
}

export function registerApp(strapi: Core.Strapi, app: CutoutApp): void {
  apps.set(strapi, app);
}

/** The wired plugin; null before bootstrap, and in commands that do not bootstrap. */
export function findApp(strapi: Core.Strapi): CutoutApp | null {
  return apps.get(strapi) ?? null;
}

export function getApp(strapi: Core.Strapi): CutoutApp {
  const app = findApp(strapi);
  if (!app) throw new Error('The cutout plugin is used before its bootstrap.');
  return app;
}
