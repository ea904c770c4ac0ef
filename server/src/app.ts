import { resolve } from 'node:path';
import type { Core } from '@strapi/strapi';
import { parseConfig } from './config';
import type { Config } from './config/schema';
import { createLocalEngine, type LocalEngine } from './engines/local';
import { messageOf } from './errors';
import { createPlanner, type Planner } from './jobs/plan';
import type { JobQueue } from './jobs/queue';
import { createEmbeddedQueue } from './jobs/queues/embedded';
import { createJobStore, type JobStore } from './jobs/store';
import { createMake } from './pipeline/make';
import { createRemoteEngine, type RemoteEngine } from './pipeline/remote-engine';
import { createRunJob, type RunJobOptions } from './pipeline/run-job';
import { createPool } from './pool';
import type { Pool } from './pool/contract';
import { BUDGET_EVENT, budgetPayload } from './usage/budget-event';
import { createLedger, type Ledger } from './usage/ledger';
import { createReservations, type Reservations } from './usage/reserve';
import { connectService, type Service } from './usage/service';
import { createWindows, type Windows } from './usage/windows';
import { READY_EVENT, readyPayload } from './variants/ready-event';
import { createSweeper, type Sweeper } from './variants/sweep';

/** Everything the plugin is made of, wired together once at boot. */
export interface CutoutApp {
  config: Config;
  jobs: JobStore;
  planner: Planner;
  sweeper: Sweeper;
  queue: JobQueue;
  pool: Pool;
  engines: { local: LocalEngine; remote: RemoteEngine };
  ledger: Ledger;
  reservations: Reservations;
  windows: Windows;
  /** Null without an API key. */
  service: Service | null;
}

const CONTAINER_KEY = 'cutout.app';

export async function createApp(strapi: Core.Strapi): Promise<CutoutApp> {
  const config = parseConfig(strapi.config.get('plugin::cutout'));
  const jobs = createJobStore(strapi);
  const pool = createPool(config.local);
  const sweeper = createSweeper(strapi, jobs);
  const now = Date.now;
  const ledger = createLedger(strapi, now);
  const windows = createWindows(strapi, now);
  const service = await connectService({ strapi, config, windows, now });
  const reservations = createReservations({
    strapi,
    settings: config.remote.budget,
    ledger,
    windows,
    balance: async () => (await service?.balance()) ?? null,
    onAlert: (percent, window) => emit(strapi, BUDGET_EVENT, budgetPayload(percent, window, config.remote.budget)),
    now,
  });
  const engines = createEngines(strapi, { config, pool, ledger, reservations, service });
  const planner = createPlanner({ strapi, config, jobs, wake: () => queue.wake() });
  const make = createMake({ strapi, config, pool, ledger, engines });
  const onReady: RunJobOptions['onReady'] = (job, entries) => emit(strapi, READY_EVENT, readyPayload(job, entries));
  const run = createRunJob({ strapi, config, jobs, planner, sweeper, make, onReady });
  const queue = createEmbeddedQueue({
    store: jobs,
    run,
    // Jobs beyond the workers wait for a child, those of the remote engine for the network.
    concurrency: config.local.workers + (service ? config.remote.concurrency : 0),
    ...config.jobs,
    onError: (message) => strapi.log.error(`[cutout] ${message}`),
  });
  return { config, jobs, planner, sweeper, queue, pool, engines, ledger, reservations, windows, service };
}

interface EngineParts {
  config: Config;
  pool: Pool;
  ledger: Ledger;
  reservations: Reservations;
  service: Service | null;
}

function createEngines(strapi: Core.Strapi, parts: EngineParts): CutoutApp['engines'] {
  const { local, remote } = parts.config;
  const fromRoot = (path: string) => resolve(strapi.dirs.app.root, path);
  return {
    local: createLocalEngine({
      config: local,
      modelsDir: local.modelsDir === null ? null : fromRoot(local.modelsDir),
      cacheDir: fromRoot(local.cacheDir),
    }),
    remote: createRemoteEngine({ ...parts, paidDir: fromRoot(remote.paidDir) }),
  };
}

/** Not awaited: a slow webhook must not keep a job's place. */
function emit(strapi: Core.Strapi, event: string, payload: Record<string, unknown>): void {
  strapi.eventHub
    .emit(event, payload)
    .catch((error: unknown) => strapi.log.error(`[cutout] ${event}: ${messageOf(error)}`));
}

export function registerApp(strapi: Core.Strapi, app: CutoutApp): void {
  strapi.add(CONTAINER_KEY, app);
}

/** The wired plugin; null before bootstrap, and in commands that do not bootstrap. */
export function findApp(strapi: Core.Strapi): CutoutApp | null {
  return strapi.has(CONTAINER_KEY) ? strapi.get<CutoutApp>(CONTAINER_KEY) : null;
}

export function getApp(strapi: Core.Strapi): CutoutApp {
  const app = findApp(strapi);
  if (!app) throw new Error('The cutout plugin is used before its bootstrap.');
  return app;
}
