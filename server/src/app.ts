import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import type { Core } from '@strapi/strapi';
import { MATTE_KEY } from './assets/keys';
import { type Bulk, createBulk } from './bulk';
import type { Making } from './bulk-words';
import { type Clock, createDatabaseClock } from './clock';
import type { Config } from './config/schema';
import { readInForce } from './settings/in-force';
import { readStored } from './settings/stored';
import { takeUp } from './settings/take-up';
import { createLocalModel, type LocalModel } from './engines/local/local-model';
import { createDelivery, type Delivery } from './events/deliver';
import { createOutbox, type Outbox } from './events/outbox';
import { cancelJobs } from './jobs/cancel';
import { cancellable } from './jobs/cancellable';
import { createJobChanges, type JobChanges } from './jobs/changes';
import { createLooks, type Looks } from './jobs/looks';
import { createPlanMany } from './jobs/plan-many';
import { createPlanner, type Planner } from './jobs/plan';
import type { JobQueue } from './jobs/queue';
import { createQueue } from './jobs/queues';
import { createReconciler, type Reconciler } from './jobs/reconcile';
import { createJobStore, type JobStore } from './jobs/store';
import { createWaiting, type Waiting } from './jobs/waiting';
import { measured } from './metrics/measured';
import { createWorkMetrics, type ProcessMetrics, type WorkMetrics } from './metrics/work';
import { createMattes, type Mattes } from './mattes';
import { releaseMatte } from './mattes/discard';
import type { Engine } from './mattes/engine';
import { createFlush } from './mattes/flush';
import { createLocalEngine } from './mattes/local-engine';
import { createRemoteEngine } from './mattes/remote-engine';
import { createSpool } from './mattes/spool';
import { createMatteSweep } from './mattes/sweep';
import { createMatteChanges, type MatteChanges } from './pipeline/change-matte';
import { createMake } from './pipeline/make';
import { openRenders } from './pipeline/open-renders';
import { createRender, type Render } from './pipeline/render';
import { createRunJob } from './pipeline/run-job';
import { createPool } from './pool';
import type { Pool } from './pool/contract';
import type { Renders } from './renders';
import { budgetPayload } from './usage/budget-event';
import { spendableCredits } from './usage/spendable';
import { checkAccount } from './usage/check';
import { createDriftReads, type DriftReads } from './usage/drift';
import { createLedger, type Ledger } from './usage/ledger';
import { createPaidCalls, type Decision, type PaidCalls } from './usage/paid-calls';
import { createReservations, type Reservations } from './usage/reserve';
import type { Service } from './usage/service';
import { createServices, OF_ANOTHER_KEY, type Services } from './usage/services';
import { BUDGET_CODES } from './usage/watch';
import { createWindows, type Windows } from './usage/windows';
import type { SettingsProblem } from './settings-words';
import type { LedgerRow } from './tables/ledger';
import { createSweeper, type Sweeper } from './variants/sweep';
import { createSweepSoon, type SweepSoon } from './variants/sweep-soon';
import { type EngineId, type EngineName, engineName, type Reason } from './words';

/** Everything the plugin is made of, wired together once at boot. */
export interface CutoutApp {
  /** What `config/plugins` and the admin give together at this moment. */
  config: Config;
  /** Takes up what was set in the admin since, on whichever node. Resolves to whether there was anything. */
  takeUpSettings(): Promise<boolean>;
  clock: Clock;
  jobs: JobStore;
  /** What becomes of jobs, for those who listen. */
  changes: JobChanges;
  waiting: Waiting;
  looks: Looks;
  /** Jobs of which engines this process takes at the moment; start/presence keeps it. */
  takes: readonly EngineName[];
  /** What this process has done. */
  metrics: WorkMetrics;
  /** The same of all that live and take jobs, as far as they told; start/presence keeps it. */
  processes: () => Promise<ProcessMetrics[]>;
  /** What wakes whoever compares the media library with what is wanted of it; set while somebody does. */
  onWants: () => void;
  /** What wakes whoever acts on looks; set while somebody does. */
  onLook: () => void;
  outbox: Outbox;
  delivery: Delivery;
  /** What wakes whoever delivers events; set while somebody does. */
  onEvent: () => void;
  planner: Planner;
  /** How variants are made now, beside their presets. */
  making: () => Making;
  bulk: Bulk;
  reconciler: Reconciler;
  sweeper: Sweeper;
  sweepSoon: SweepSoon;
  queue: JobQueue;
  /** Cancels what is asked of an asset and has not come to an end. Resolves to how many jobs. */
  cancel(fileId: number): Promise<number>;
  pool: Pool;
  localModel: LocalModel;
  mattes: Mattes;
  matteChanges: MatteChanges;
  render: Render;
  renders: Renders;
  engines: Record<EngineId, Engine>;
  /** Deletes files of mattes that are out of use. */
  sweepMattes: () => Promise<number>;
  /** Stores paid mattes that were left unstored. */
  flush: () => Promise<void>;
  ledger: Ledger;
  paidCalls: PaidCalls;
  /** Settles a paid call of unknown outcome by hand; see usage/paid-calls. Images that wait for it go on where it was free. */
  settleCall(id: number, decision: Decision): Promise<LedgerRow>;
  reservations: Reservations;
  windows: Windows;
  services: Services;
  /** Of `services`, the one to ask now; null without an API key. */
  readonly service: Service | null;
  driftReads: DriftReads;
  /** See usage/check. */
  checkAccount(): Promise<Reason | null>;
}

/** Not in Strapi's container: its `has` is missing before 5.53. */
const apps = new WeakMap<Core.Strapi, CutoutApp>();

export async function createApp(strapi: Core.Strapi): Promise<CutoutApp> {
  const { config, version, problem } = await readInForce(strapi);
  tellOf(strapi, problem);
  let settingsVersion = version;
  const clock = createDatabaseClock(strapi);
  await clock.sync();
  const { now } = clock;
  const jobs = createJobStore(strapi, now);
  const waiting = createWaiting(strapi, now);
  const pool = createPool(config.local);
  const sweeper = createSweeper({
    strapi,
    now,
    openJobs: jobs.open,
    onDeleted: async (row) => {
      if (row.key === MATTE_KEY) await releaseMatte(strapi, row);
    },
  });
  const sweepSoon = createSweepSoon(strapi, sweeper);
  const delivery = createDelivery({ strapi, now });
  const onEventWake = () => {
    delivery.wake();
    app.onEvent();
  };
  const outbox = createOutbox({ strapi, now, onWake: onEventWake });
  const money = await createMoney(strapi, config, now, outbox);
  const mattes = createMattes(strapi, now);
  const making = await createEngines(strapi, { config, pool, mattes, waiting, now, ...money });
  const wake = () => queue.wake();
  const makes = () => makingOf(config, making.localModel);
  const takeUpSettings = () => app.takeUpSettings();
  const planner = createPlanner({ strapi, config, takeUpSettings, jobs, outbox, making: makes, wake, now });
  const planMany = createPlanMany({ strapi, config, jobs, planner, making: makes, wake, now });
  const looks = createLooks({ strapi, planner, onWake: () => app.onLook() });
  const make = createMake({ strapi, config, pool, mattes, engines: making.engines });
  const { ledger, services, reservations } = money;
  const work = createRunJob({ strapi, config, pool, jobs, waiting, planner, sweepSoon, ledger, make, now, outbox });
  const onError = (message: string) => strapi.log.error(`[cutout] ${message}`);
  const { run, look } = cancellable({ store: jobs, run: work, onError });
  const metrics = createWorkMetrics(() => pool.pids());
  const queue = createQueue({
    ...{ config, store: jobs, run: measured(strapi, metrics, run), onError },
    hasRemote: () => services.current() !== null,
    installation: await installationId(strapi),
    engines: () => app.takes,
    onNotice: (message) => strapi.log.warn(`[cutout] ${message}`),
  });
  const reconciler = createReconciler({ strapi, config, planner, planMany, jobs });
  const bulk = createBulk({
    ...{ strapi, config, jobs, planner, planMany, making: makes, outbox, reservations, now },
    keyPrint: () => services.current()?.keyPrint ?? null,
    parallel: config.local.workers,
    spendable: () => spendableCredits(config.remote.budget, { ...money, service: services.current() }),
  });
  const sweepMattes = createMatteSweep({ strapi, now, onDeleted: (ledgerId) => reservations.forget(ledgerId) });
  const takeUpNext = oneAtATime(async () => {
    if ((await readStored(strapi)).version === settingsVersion) return;
    const next = await readInForce(strapi);
    const isOtherKey = await services.replace(next.config.remote.apiKey);
    const isOtherWanted = takeUp(config, next.config);
    settingsVersion = next.version;
    tellOf(strapi, next.problem);
    if (isOtherWanted) app.onWants();
    const woken = await waiting.lookAgain(isOtherKey ? OF_ANOTHER_KEY : BUDGET_CODES);
    // More jobs are taken at a time with a key than without.
    if (woken > 0 || isOtherKey) wake();
  });
  const app: CutoutApp = {
    ...{
      config,
      clock,
      jobs,
      changes: createJobChanges(strapi, now),
      waiting,
      looks,
      outbox,
      delivery,
      planner,
      bulk,
      making: makes,
      reconciler,
      sweeper,
      sweepSoon,
      queue,
      pool,
      mattes,
      sweepMattes,
    },
    matteChanges: createMatteChanges(strapi, mattes, planner),
    render: createRender(strapi, config, pool),
    renders: openRenders(strapi, config),
    ...making,
    ...money,
    async settleCall(id, decision) {
      const row = await money.paidCalls.settle(id, decision);
      const freed = row.outcome === 'free' ? await waiting.unhold('remote.outcome-unknown', row.sourceHash) : 0;
      if (freed > 0) wake();
      return row;
    },
    async takeUpSettings() {
      const before = settingsVersion;
      await takeUpNext();
      return settingsVersion !== before;
    },
    get service() {
      return services.current();
    },
    driftReads: createDriftReads(),
    takes: engineName.options,
    metrics,
    processes: async () => [],
    onWants: () => undefined,
    onLook: () => undefined,
    onEvent: () => undefined,
    async cancel(fileId) {
      const count = await cancelJobs(strapi, now, fileId);
      if (count > 0) await look();
      return count;
    },
    checkAccount: () =>
      checkAccount(services.current(), async (codes) => {
        if ((await waiting.lookAgain(codes)) > 0) wake();
      }),
  };
  return app;
}

const LEFT_OUT: Record<SettingsProblem, string> = {
  'budget-unreadable':
    'the budget that was set in the admin cannot be read: the Rembg API is paid for nothing until somebody sets it again, in the settings of the admin or in config/plugins.',
  'key-unreadable':
    'the API key that was set in the admin cannot be read: admin.secrets.encryptionKey is another one than it was stored with. Set the key again.',
  invalid:
    'some of what was set in the admin cannot be read, or does not go with config/plugins any more, and is left out.',
};

function tellOf(strapi: Core.Strapi, problem: SettingsProblem | null): void {
  if (problem !== null) strapi.log.warn(`[cutout] ${LEFT_OUT[problem]}`);
}

/** Each begins when the last has ended, however it ended. */
function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return () => (last = last.catch(() => undefined).then(work));
}

type Money = Pick<CutoutApp, 'ledger' | 'paidCalls' | 'reservations' | 'windows' | 'services'>;

async function createMoney(strapi: Core.Strapi, config: Config, now: () => number, outbox: Outbox): Promise<Money> {
  const { budget } = config.remote;
  const ledger = createLedger(strapi, now);
  const windows = createWindows(strapi, now);
  const services = await createServices(config.remote.apiKey, { strapi, config, windows, now });
  const reservations = createReservations({
    strapi,
    settings: budget,
    ledger,
    windows,
    balance: async () => (await services.current()?.balance()) ?? null,
    onAlert: (percent, window) => outbox.add('cutout.budget', 'budget', budgetPayload(percent, window, budget)),
    now,
  });
  return { ledger, paidCalls: createPaidCalls(strapi, now), windows, services, reservations };
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
  { config, pool, mattes, waiting, ledger, reservations, services, now }: EngineParts,
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
      remote: createRemoteEngine({
        ...{ service: services.current, config, pool, ledger, reservations, spool, table, now },
      }),
    },
    flush: createFlush({ strapi, spool, table, ledger, now, onStored }),
  };
}

function makingOf({ local, refine }: Config, model: LocalModel): Making {
  return {
    local: { model: model.id, weights: model.weights(), equals: model.equals(), effort: local.effort },
    refine,
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
