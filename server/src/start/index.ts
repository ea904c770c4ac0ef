import { AsyncResource } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Core } from '@strapi/strapi';
import type { CutoutApp } from '../app';
import { messageOf } from '../errors';
import { roundsOf } from './rounds';
import { createPeriodic, type Periodic } from './periodic';

/**
 * What a process does with the plugin beside answering requests. `web`: a Strapi that listens. `worker`: one that does
 * the work alone. `command`: `strapi export`, `transfer` and the like boot the whole application too, and must do none.
 */
export type Role = 'web' | 'worker' | 'command';

export interface Running {
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
      await running?.stop(timeoutMs);
      app.localModel.close();
      await app.pool.destroy();
      await app.service?.client.close();
    },
  };
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
  app.queue.start();
  return {
    async stop(timeoutMs) {
      app.onLook = () => undefined;
      const ended = Promise.all([...loops.values()].map((loop) => loop.stop()));
      await app.queue.stop(timeoutMs);
      await Promise.race([ended, sleep(timeoutMs, undefined, { ref: false })]);
    },
  };
}
