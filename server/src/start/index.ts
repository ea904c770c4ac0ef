import { AsyncResource } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Core } from '@strapi/strapi';
import type { CutoutApp } from '../app';
import { messageOf } from '../errors';
import { closeReaders } from '../storage/local-reader';
import { roundsOf } from './rounds';
import { createPeriodic, type Periodic } from './periodic';

/**
 * What a process does with the plugin beside answering requests. `web`: a Strapi that listens. `worker`: one that does
 * the work alone. `command`: `strapi export`, `transfer` and the like boot the whole application too, and must do none.
 */
export type Role = 'web' | 'worker' | 'command';

export interface Running {
  /** Resolves after `timeoutMs` at the latest. */
  stop(timeoutMs: number): Promise<void>;
}

/** Begins the role's work when the server listens, and only then: a command never does. */
export function startWhenListening(strapi: Core.Strapi, app: CutoutApp): Running {
  // Work must not run in the async context of the request or transaction that happened to start it.
  const root = new AsyncResource('cutout');
  let running: Running | null = null;
  let stopped = false;
  if (roleOf(process.argv) !== 'command') {
    strapi.server.httpServer.once('listening', () => {
      if (!stopped) running = root.runInAsyncScope(() => start(strapi, app));
    });
  }
  return {
    async stop(timeoutMs) {
      stopped = true;
      app.sweepSoon.stop();
      await running?.stop(timeoutMs - CLOSING_MS);
      app.localModel.close();
      const closed = Promise.all([app.pool.destroy(), closeReaders(strapi), app.service?.client.close()]);
      await within(CLOSING_MS, closed);
    },
  };
}

/** Of the time to stop: what the children and connections may take to end. */
const CLOSING_MS = 1500;

/** Waits for `work`, but no longer than `ms`: whatever hangs, Strapi ends. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  await Promise.race([work.catch(() => undefined), sleep(ms, undefined, { ref: false })]);
}

/** `strapi console` listens too. */
const roleOf = (argv: readonly string[]): Role => (argv[2] === 'console' ? 'command' : 'web');

function start(strapi: Core.Strapi, app: CutoutApp): Running {
  const loops = new Map<string, Periodic>();
  for (const { name, everyMs, round } of roundsOf(strapi, app)) {
    const onError = (error: unknown) => strapi.log.warn(`[cutout] ${name}: ${messageOf(error)}`);
    loops.set(name, createPeriodic(everyMs, round, onError));
  }
  app.onLook = () => loops.get('looks')?.wake();
  app.onEvent = () => loops.get('events')?.wake();
  app.queue.start();
  return {
    async stop(timeoutMs) {
      app.onLook = () => undefined;
      app.onEvent = () => undefined;
      const ended = [...loops.values()].map((loop) => loop.stop());
      await within(timeoutMs, Promise.all([app.queue.stop(timeoutMs), ...ended]));
    },
  };
}
