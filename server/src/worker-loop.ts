import { AsyncResource } from 'node:async_hooks';
import type { Core } from '@strapi/strapi';
import type { CutoutApp } from './app';
import { messageOf } from './errors';
import { sweepWorkDirs } from './pipeline/work-dir';

/** Reasons that may be gone after a restart: the model was put in place, the configuration mended. */
const CURABLE_MODEL = [
  'model.missing',
  'model.corrupt',
  'model.unknown',
  'model.incompatible',
  'model.license',
  'model.unsupported-platform',
  'model.runtime-missing',
];
const CURABLE_ACCOUNT = [
  'remote.not-configured',
  'remote.invalid-key',
  'remote.email-not-verified',
  'remote.forbidden',
  'remote.monthly-limit',
  'remote.daily-limit',
  'budget.reached',
  'budget.reserve',
];
/** Jobs, replaces and deletions sweep their own asset; this finds what a process left that died. */
const SWEEP_EVERY_MS = 60 * 60_000;

export interface WorkerLoop {
  stop(timeoutMs: number): Promise<void>;
}

/**
 * Starts the queue when the server listens, and only then: `strapi export`, `transfer` and the like boot the whole
 * application too, and must not take jobs.
 */
export function startWhenListening(strapi: Core.Strapi, app: CutoutApp): WorkerLoop {
  const root = new AsyncResource('cutout');
  let sweepTimer: NodeJS.Timeout | undefined;
  let stopped = false;

  const revive = async () => {
    if (app.config.remote.apiKey !== null) await app.jobs.revive(CURABLE_ACCOUNT);
    await app.engines.local.warmUp();
    const problem = app.engines.local.problem();
    if (problem) strapi.log.warn(`[cutout] the local engine cannot work yet. ${problem.code}: ${problem.message}`);
    else await app.jobs.revive(CURABLE_MODEL);
    app.queue.wake();
  };

  const sweep = () => {
    Promise.all([app.sweeper.everything(), app.engines.remote.sweep(), sweepWorkDirs()]).catch((error: unknown) =>
      strapi.log.warn(`[cutout] left files could not be swept: ${messageOf(error)}`),
    );
  };

  const start = () => {
    if (stopped) return;
    revive().catch((error: unknown) => strapi.log.error(`[cutout] ${messageOf(error)}`));
    app.queue.start();
    sweep();
    sweepTimer = setInterval(sweep, SWEEP_EVERY_MS);
    sweepTimer.unref();
  };

  if (process.argv[2] !== 'console') {
    strapi.server.httpServer.once('listening', () => root.runInAsyncScope(start));
  }

  return {
    async stop(timeoutMs) {
      stopped = true;
      clearInterval(sweepTimer);
      app.engines.local.close();
      await app.queue.stop(timeoutMs);
      await app.pool.destroy();
      await app.service?.client.close();
    },
  };
}
