import { resolve } from 'node:path';
import type { Core } from '@strapi/strapi';
import { createAccountCheck } from './account-check';
import { parseConfig } from './config';
import type { Config } from './config/schema';
import { createLocalEngine, type LocalEngine } from './engines/local';
import { createRembgClient, type RembgClient } from './engines/remote';
import { printOf } from './engines/remote/caller';
import type { CircuitState } from './engines/remote/circuit';
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
import { type Account, createAccount } from './usage/account';
import { BUDGET_EVENT, budgetPayload } from './usage/budget-event';
import { createLedger, type Ledger } from './usage/ledger';
import { createReservations, type Reservations } from './usage/reserve';
import { READY_EVENT, readyPayload } from './variants/ready-event';
import { createSweeper, type Sweeper } from './variants/sweep';
import type { Reason } from './words';

/** The Rembg service under one key. */
export interface Service {
  client: RembgClient;
  account: Account;
  keyPrint: string;
}

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
  /** Null without an API key. */
  service: Service | null;
  /**
   * Asks the account, which is free; when it answers, paid work goes on and waiting jobs look again.
   * @returns why the account still takes no calls; null when it does. Never rejects.
   */
  checkAccount(): Promise<Reason | null>;
}

const CONTAINER_KEY = 'cutout.app';

export async function createApp(strapi: Core.Strapi): Promise<CutoutApp> {
  const config = parseConfig(strapi.config.get('plugin::cutout'));
  const jobs = createJobStore(strapi);
  const pool = createPool(config.local);
  const sweeper = createSweeper(strapi, jobs);
  const ledger = createLedger(strapi);
  const service = await connectService(strapi, config);
  const reservations = createReservations({
    strapi,
    settings: config.remote.budget,
    ledger,
    jobs,
    onAlert: (percent, cycle) => emit(strapi, BUDGET_EVENT, budgetPayload(percent, cycle, config.remote.budget)),
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
  const checkAccount = createAccountCheck({ config, service, jobs, queue });
  return { config, jobs, planner, sweeper, queue, pool, engines, ledger, reservations, service, checkAccount };
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

/** Where the circuit's state outlives a restart: a key that was refused is not tried again by every new process. */
const CIRCUIT = { type: 'plugin', name: 'cutout', key: 'circuit' } as const;

async function connectService(strapi: Core.Strapi, config: Config): Promise<Service | null> {
  const { apiKey, apiUrl, accountUrl, timeouts, concurrency } = config.remote;
  if (apiKey === null) return null;
  const circuit = ((await strapi.store.get(CIRCUIT)) as CircuitState | null) ?? undefined;
  const onCircuitChange = (state: CircuitState) => {
    if (state.kind === 'open') strapi.log.warn(`[cutout] remote work stops. ${state.code}: ${state.message}`);
    strapi.store
      .set({ ...CIRCUIT, value: state })
      .catch((error: unknown) => strapi.log.error(`[cutout] the circuit's state was not kept: ${messageOf(error)}`));
  };
  const client = createRembgClient({
    apiKey,
    apiUrl,
    accountUrl,
    timeouts,
    connections: concurrency,
    circuit,
    onCircuitChange,
  });
  return { client, account: createAccount({ client }), keyPrint: printOf(apiKey) };
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
