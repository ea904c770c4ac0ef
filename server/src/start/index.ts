import { AsyncResource } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Core } from '@strapi/strapi';
import type { CutoutApp } from '../app';
import { messageOf } from '../errors';
import { closeReaders } from '../storage/local-reader';
import { roundsOf } from './rounds';
import { createPeriodic, type Periodic } from './periodic';
import { BEAT_MS, createPresence, processMetrics } from './presence';

/**
 * What a process does with the plugin beside answering requests. `web`: a Strapi that listens. `worker`: one that does
 * the work alone. `command`: `strapi export`, `transfer` and the like boot the whole application too, and must do none.
 */
export type Role = 'web' | 'worker' | 'command';

export interface Running {
  /** Resolves after `timeoutMs` at the latest. */
  stop(timeoutMs: number): Promise<void>;
}

/** Said on the event hub by `cutout worker` once Strapi is loaded; nothing listens there. */
export const WORK_EVENT = 'cutout.work';

/** Begins the role's work when the server listens, or the worker is told to, and only then: a command never does. */
export function startWhenListening(strapi: Core.Strapi, app: CutoutApp): Running {
  // Work must not run in the async context of the request or transaction that happened to start it.
  const root = new AsyncResource('cutout');
  let running: Running | null = null;
  let stopped = false;
  const begin = () => {
    if (!stopped) running ??= root.runInAsyncScope(() => start(strapi, app));
  };
  const role = roleOf(process.argv, app);
  if (role === 'worker') strapi.eventHub.once(WORK_EVENT, async () => begin());
  if (role === 'web') strapi.server.httpServer.once('listening', begin);
  return {
    async stop(timeoutMs) {
      stopped = true;
      app.sweepSoon.stop();
      await running?.stop(timeoutMs - CLOSING_MS);
      app.localModel.close();
      const closed = Promise.all([app.pool.destroy(), closeReaders(strapi), app.services.close()]);
      await within(CLOSING_MS, closed);
    },
  };
}

const LEAVE_MS = 500;

/** Of the time to stop: what the children and connections may take to end. */
const CLOSING_MS = 2000;

/** Waits for `work`, but no longer than `ms`: whatever hangs, Strapi ends. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  await Promise.race([work.catch(() => undefined), sleep(ms, undefined, { ref: false })]);
}

/** `strapi console` listens too. */
function roleOf(argv: readonly string[], { config }: CutoutApp): Role {
  if (config.role === 'worker') return 'worker';
  return argv[2] === 'console' ? 'command' : 'web';
}

function start(strapi: Core.Strapi, app: CutoutApp): Running {
  const loops = new Map<string, Periodic>();
  for (const { name, everyMs, round } of roundsOf(strapi, app)) {
    const onError = (error: unknown) => strapi.log.warn(`[cutout] ${name}: ${messageOf(error)}`);
    loops.set(name, createPeriodic(everyMs, round, onError));
  }
  app.onWants = () => loops.get('reconcile')?.wake();
  app.onLook = () => loops.get('looks')?.wake();
  app.processes = () => processMetrics(strapi, app.clock.now());
  app.onEvent = () => loops.get('events')?.wake();
  const presence = createPresence(strapi, app);
  const onError = (error: unknown) => strapi.log.warn(`[cutout] presence: ${messageOf(error)}`);
  let stopped = false;
  const beat = async () => {
    try {
      await presence.beat();
    } finally {
      // Not before it was looked what this process can do; a database that is away does not keep it from trying.
      if (!stopped) app.queue.start();
    }
  };
  loops.set('presence', createPeriodic(BEAT_MS, beat, onError));
  return {
    async stop(timeoutMs) {
      stopped = true;
      app.onWants = () => undefined;
      app.onLook = () => undefined;
      app.onEvent = () => undefined;
      const ended = [...loops.values()].map((loop) => loop.stop());
      const left = timeoutMs - LEAVE_MS;
      await within(left, Promise.all([app.queue.stop(left), ...ended]));
      await within(LEAVE_MS, presence.leave());
    },
  };
}
