import type { Config } from '../../server/src/config/schema';
import { reportUsage } from '../../server/src/api/usage';
import { createRembgClient } from '../../server/src/engines/remote';
import { RemoteError } from '../../server/src/engines/remote/errors';
import { CutoutError, type ErrorCode } from '../../server/src/errors';
import { CYCLE } from '../../server/src/tables/cycles';
import { createWaiting } from '../../server/src/jobs/waiting';
import { LEDGER } from '../../server/src/tables/ledger';
import { createAccount } from '../../server/src/usage/account';
import { spendableOf } from '../../server/src/usage/account-view';
import { createDriftReads } from '../../server/src/usage/drift';
import { createLedger } from '../../server/src/usage/ledger';
import { createPaidCalls } from '../../server/src/usage/paid-calls';
import { createReservations } from '../../server/src/usage/reserve';
import { createAccountWatch } from '../../server/src/usage/watch';
import { createWindows } from '../../server/src/usage/windows';
import type { Plan } from '../rembg-server/accounts';
import { startRembgServer } from '../rembg-server/server';
import type { CoreApp } from './core';
import { distinctPicture } from './noise';

export const second = 1000;
export const minute = 60 * second;
export const day = 24 * 60 * minute;
/** How often the watch looks, and a queue asks for due jobs. */
export const STEP = 15 * second;

/** A job that needs one paid call. */
export interface PaidJob {
  id: number;
  runAt: number;
  code: ErrorCode | null;
  doneAt: number | null;
}

export interface SceneOptions {
  plan?: Partial<Plan>;
  budget?: { credits?: number | null; reserve?: number };
  /** How many jobs there are. */
  count?: number;
  /** By how much the service's clock is ahead of ours. */
  aheadMs?: number;
}

/** The money of one node with jobs that wait for it: the emulated service, the real database, one clock for both. */
export async function startMoneyScene(
  { strapi }: CoreApp,
  { plan = {}, budget = {}, count = 0, aheadMs = 0 }: SceneOptions,
) {
  await Promise.all([LEDGER, CYCLE].map((table) => strapi.db.query(table).deleteMany({})));
  const server = await startRembgServer();
  const picture = await distinctPicture(77);
  let skewMs = 0;
  const now = () => Date.now() + skewMs;
  server.advance(aheadMs);
  const periodStartUnix = Math.floor((now() - 29 * day) / 1000);
  const key = server.accounts.addKey({ periodStartUnix, ...plan });
  const { apiUrl, accountUrl } = server;
  const timeouts = { connect: 500, total: 2000 };
  const client = createRembgClient({ apiKey: key, apiUrl, accountUrl, now, timeouts, retry: { retries: 0 } });
  const ledger = createLedger(strapi, now);
  const windows = createWindows(strapi, now);
  const account = createAccount({ client, now, onAnswer: windows.tell });
  const balance = async () => {
    const view = await account.view();
    return view && { spendable: spendableOf(view.figures), at: view.at };
  };
  const settings = { credits: null, reserve: 0, ...budget };
  const reservations = createReservations({
    strapi,
    settings,
    ledger,
    windows,
    balance,
    onAlert: async () => undefined,
    now,
  });
  const jobs = Array.from({ length: count }, (_, id): PaidJob => ({ id, runAt: 0, code: null, doneAt: null }));
  const open = () => jobs.filter(({ doneAt }) => doneAt === null);
  const watch = createAccountWatch({
    service: { account, circuit: client.circuit },
    windows,
    waiting: async () => new Set(open().flatMap(({ code }) => code ?? [])),
    wake: async (codes) => open().forEach((job) => job.code && codes.includes(job.code) && (job.runAt = now())),
    now,
  });

  const pay = async (job: PaidJob) => {
    const work = { job: { id: job.id, fileId: 1, source: 'upload' }, engine: 'remote', model: 'rembg' } as const;
    const { id } = await reservations.reserve({ ...work, sourceHash: `p${job.id}`, keyPrint: 'k', decided: false });
    try {
      await client.matte({ path: picture });
      await ledger.settle(id, 'charged', null);
    } catch (error) {
      await ledger.settle(id, error instanceof RemoteError ? error.cost : 'unknown', 'failed');
      throw error;
    }
  };
  const attempt = async (job: PaidJob) => {
    try {
      await pay(job);
      job.doneAt = now();
    } catch (error) {
      if (!(error instanceof CutoutError)) throw error;
      job.code = error.code;
      job.runAt = error.retryAt ?? now() + minute;
    }
  };
  /** Moves both clocks on; what is due in between is done. */
  const run = async (ms: number) => {
    for (let left = ms; left > 0; left -= STEP) {
      await watch.tick();
      for (const job of open()) if (job.runAt <= now()) await attempt(job);
      skewMs += STEP;
      server.advance(STEP);
    }
  };
  /** Credits that the service counted by key in its running cycle. */
  const counted = () => {
    const found = server.accounts.find(key);
    return found ? server.accounts.used(found).api : 0;
  };
  const asked = () => server.calls.filter(({ endpoint }) => endpoint === 'membership-usage').length;
  /** What the credits page shows. */
  const driftReads = createDriftReads();
  const report = (ask = true) => {
    const config = { remote: { budget: { ...settings, atLimit: 'hold' } }, usage: { keepDays: 400 } } as Config;
    const rest = { refresh: async () => {}, retire: () => {} };
    const service = { client, account, circuit: client.circuit, keyPrint: 'k', balance, ...rest };
    const parts = { ledger, service, windows, driftReads, paidCalls: createPaidCalls(strapi, now) };
    const waiting = createWaiting(strapi, now);
    return reportUsage({ config, waiting, ...parts }, now(), { period: null, ask });
  };
  const stop = async () => {
    await client.close();
    await server.stop();
  };
  return { key, server, jobs, run, counted, asked, report, ledger, now, stop, done: () => count - open().length };
}

export type MoneyScene = Awaited<ReturnType<typeof startMoneyScene>>;
