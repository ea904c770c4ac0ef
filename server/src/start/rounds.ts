import type { Core } from '@strapi/strapi';
import type { CutoutApp } from '../app';
import { JUMP_MS } from '../clock';
import { fillTurns } from '../jobs/fill-turns';
import { pruneJobs } from '../jobs/prune';
import { reviveFailed } from '../jobs/revive';
import { withLease } from '../locks';
import { pruneApiDays } from '../usage/api-calls';
import { keptSince } from '../usage/api-windows';
import { pruneLedger } from '../usage/prune';
import { sweepWorkDirs } from '../work-dir';
import { createWatch } from './watch';

/** Work done again and again while a process runs. */
export interface Round {
  name: string;
  everyMs: number;
  round: (signal: AbortSignal) => Promise<unknown>;
}

const SECOND_MS = 1000;
/** Jobs, replaces and deletions sweep their own asset; this finds what a process left that died. */
const SWEEP_EVERY_MS = 60 * 60 * SECOND_MS;
const LEASE_MS = 60 * SECOND_MS;
const DAY_MS = 24 * 60 * 60 * SECOND_MS;
/** Events and bulk runs of a process that died wait no longer for another. */
const SHORT_LEASE_MS = 15 * SECOND_MS;

/** What every process does that listens or works; those made by `alone` are done by one process of all. */
export function roundsOf(strapi: Core.Strapi, app: CutoutApp): Round[] {
  const { clock, config, looks, reconciler, reservations, service, mattes } = app;
  const { delivery } = app;
  const alone = (
    name: string,
    everyMs: number,
    work: (signal: AbortSignal) => Promise<unknown>,
    leaseMs = LEASE_MS,
  ): Round => ({
    name,
    everyMs,
    round: (signal) =>
      withLease(strapi, clock, name, leaseMs, async (lease) => {
        await work(AbortSignal.any([signal, lease]));
      }),
  });
  const bulk = alone('bulk', 2 * SECOND_MS, (signal) => app.bulk.feed(signal), SHORT_LEASE_MS);
  const events = alone('events', config.jobs.pollMs, (signal) => delivery.run(signal), SHORT_LEASE_MS);
  const watch = createWatch(app);
  const hasMatte = async (ledgerId: number) => (await mattes.table.findPaid(ledgerId))?.state === 'stored';
  let revived = false;

  return [
    { name: 'clock', everyMs: 30 * SECOND_MS, round: () => syncClock(app) },
    { name: 'looks', everyMs: config.jobs.pollMs, round: () => looks.drain() },
    // The lease is asked for only where there is something to deliver.
    { ...events, round: async (signal) => (await delivery.any()) && events.round(signal) },
    { ...bulk, round: async (signal) => (await app.bulk.any()) && bulk.round(signal) },
    { name: 'service', everyMs: 10 * SECOND_MS, round: async () => service?.refresh() },
    { name: 'paid mattes', everyMs: 15 * SECOND_MS, round: () => app.flush() },
    { name: 'left folders', everyMs: SWEEP_EVERY_MS, round: () => sweepWorkDirs() },
    alone('watch', 15 * SECOND_MS, async () => {
      if (!revived) await reviveFailed(strapi, app);
      revived = true;
      // A node of an older version may run beside this one for a while.
      await fillTurns(strapi, clock.now);
      await watch.tick();
      await reservations.settleLapsed(hasMatte);
    }),
    alone('reconcile', config.jobs.reconcileMs, (signal) => reconciler.run(signal)),
    alone('sweep', SWEEP_EVERY_MS, async () => {
      await app.sweeper.everything();
      await app.sweepMattes();
    }),
    alone('prune', DAY_MS, async (signal) => {
      const daysAgo = (days: number) => new Date(clock.now() - days * DAY_MS);
      await pruneJobs(strapi, daysAgo(config.jobs.keepDays), signal);
      const kept = keptSince(clock.now(), config);
      const { enabled } = config.rembgApi;
      await pruneLedger(strapi, app.windows, enabled ? new Date(kept) : daysAgo(config.usage.keepDays), signal);
      await pruneApiDays(strapi, kept);
    }),
  ];
}

/** What was written by a clock that jumped since would wait for times that mean nothing any more. */
async function syncClock({ clock, config, waiting, queue }: CutoutApp): Promise<void> {
  const wentBack = (await clock.sync()) < -JUMP_MS;
  const moved = await waiting.putTimesRight(config.jobs.leaseMs);
  if (wentBack) await waiting.endPauses();
  if (wentBack || moved > 0) queue.wake();
}
