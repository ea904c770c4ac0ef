import type { Core } from '@strapi/strapi';
import type { CutoutApp } from '../app';
import { JUMP_MS } from '../clock';
import { fillTurns } from '../jobs/fill-turns';
import { pruneJobs } from '../jobs/prune';
import { reviveFailed } from '../jobs/revive';
import type { RoundName, RoundNote } from '../doctor-words';
import { CutoutError } from '../errors';
import { withLease } from '../locks';
import { pruneApiDays } from '../usage/api-calls';
import { keptSince } from '../usage/api-windows';
import type { Service } from '../usage/service';
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

/** What every process does that listens or works; those made by `alone` and `noted` are done by one process of all. */
export function roundsOf(strapi: Core.Strapi, app: CutoutApp): Round[] {
  const { clock, config, looks, reconciler, reservations, mattes } = app;
  const { delivery } = app;
  const alone = (
    name: string,
    everyMs: number,
    leaseMs: number,
    work: (signal: AbortSignal) => Promise<unknown>,
  ): Round => ({
    name,
    everyMs,
    round: (signal) =>
      withLease(strapi, clock, name, leaseMs, async (lease) => {
        await work(AbortSignal.any([signal, lease]));
      }),
  });
  /** The doctor tells when it was last done, and how it ended. */
  const noted = (name: RoundName, everyMs: number, work: (signal: AbortSignal) => Promise<unknown>): Round => ({
    name,
    everyMs,
    round: async (signal) => {
      let note: RoundNote | undefined;
      const noting = async (lease: AbortSignal) => {
        const startedAt = clock.now();
        const noteEnd = (failed: string | null) => (note = { startedAt, endedAt: clock.now(), everyMs, failed });
        try {
          await work(AbortSignal.any([signal, lease]));
          noteEnd(null);
        } catch (error) {
          // A stop of this process is no failure of the work.
          if (!signal.aborted) noteEnd(error instanceof CutoutError ? error.code : 'unexpected');
          throw error;
        }
      };
      await withLease(strapi, clock, name, LEASE_MS, noting, () => note);
    },
  });
  const bulk = alone('bulk', 2 * SECOND_MS, SHORT_LEASE_MS, (signal) => app.bulk.feed(signal));
  const events = alone('events', config.jobs.pollMs, SHORT_LEASE_MS, (signal) => delivery.run(signal));
  const watch = createWatch(app);
  const hasMatte = async (ledgerId: number) => (await mattes.table.findPaid(ledgerId))?.state === 'stored';
  let revived: { service: Service | null } | null = null;

  return [
    { name: 'clock', everyMs: 30 * SECOND_MS, round: () => syncClock(app) },
    { name: 'looks', everyMs: config.jobs.pollMs, round: () => looks.drain() },
    // The lease is asked for only where there is something to deliver.
    { ...events, round: async (signal) => (await delivery.any()) && events.round(signal) },
    { ...bulk, round: async (signal) => (await app.bulk.any()) && bulk.round(signal) },
    { name: 'settings', everyMs: 5 * SECOND_MS, round: () => app.takeUpSettings() },
    { name: 'service', everyMs: 10 * SECOND_MS, round: async () => app.service?.refresh() },
    { name: 'paid mattes', everyMs: 15 * SECOND_MS, round: () => app.flush() },
    { name: 'left folders', everyMs: SWEEP_EVERY_MS, round: () => sweepWorkDirs() },
    { name: 'renders', everyMs: SWEEP_EVERY_MS, round: () => app.renders.tidy() },
    noted('watch', 15 * SECOND_MS, async () => {
      const { service } = app;
      if (revived?.service !== service) await reviveFailed(strapi, app);
      revived = { service };
      // A node of an older version may run beside this one for a while.
      await fillTurns(strapi, clock.now);
      await watch.tick();
      await reservations.settleLapsed(hasMatte);
    }),
    noted('reconcile', config.jobs.reconcileMs, (signal) => reconciler.run(signal)),
    noted('sweep', SWEEP_EVERY_MS, async () => {
      await app.sweeper.everything();
      await app.sweepMattes();
    }),
    noted('prune', DAY_MS, async (signal) => {
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
