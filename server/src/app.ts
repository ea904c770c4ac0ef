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
import { createRunJob } from './pipeline/run-job';
import { createPool } from './pool';
import type { Pool } from './pool/contract';
import { createSweeper, type Sweeper } from './variants/sweep';
import { READY_EVENT, readyPayload } from './variants/ready-event';

/** Everything the plugin is made of, wired together once at boot. */
export interface CutoutApp {
  config: Config;
  jobs: JobStore;
  planner: Planner;
  sweeper: Sweeper;
  queue: JobQueue;
  pool: Pool;
  engines: { local: LocalEngine };
}

const CONTAINER_KEY = 'cutout.app';

export function createApp(strapi: Core.Strapi): CutoutApp {
  const config = parseConfig(strapi.config.get('plugin::cutout'));
  const fromRoot = (path: string) => resolve(strapi.dirs.app.root, path);
  const jobs = createJobStore(strapi);
  const pool = createPool(config.local);
  const sweeper = createSweeper(strapi, jobs);
  const local = createLocalEngine({
    config: config.local,
    modelsDir: config.local.modelsDir === null ? null : fromRoot(config.local.modelsDir),
    cacheDir: fromRoot(config.local.cacheDir),
  });
  const engines = { local };
  const planner = createPlanner({ strapi, config, jobs, wake: () => queue.wake() });
  const run = createRunJob({
    strapi,
    config,
    jobs,
    planner,
    sweeper,
    pool,
    engines,
    onReady: (job, entries) => {
      // Not awaited: a slow webhook must not keep the job's place. The hub's own errors end in the log.
      strapi.eventHub
        .emit(READY_EVENT, readyPayload(job, entries))
        .catch((error: unknown) => strapi.log.error(`[cutout] ${READY_EVENT}: ${messageOf(error)}`));
    },
  });
  const queue = createEmbeddedQueue({
    store: jobs,
    run,
    concurrency: config.local.workers,
    ...config.jobs,
    onError: (message) => strapi.log.error(`[cutout] ${message}`),
  });
  return { config, jobs, planner, sweeper, queue, pool, engines };
}

export function registerApp(strapi: Core.Strapi, app: CutoutApp): void {
  strapi.add(CONTAINER_KEY, app);
}

/** The wired plugin; null before bootstrap, and in commands that do not bootstrap. */
export function findApp(strapi: Core.Strapi): CutoutApp | null {
  return strapi.has(CONTAINER_KEY) ? (strapi.get(CONTAINER_KEY) as CutoutApp) : null;
}

export function getApp(strapi: Core.Strapi): CutoutApp {
  const app = findApp(strapi);
  if (!app) throw new Error('The cutout plugin is used before its bootstrap.');
  return app;
}
