import type { Core } from '@strapi/strapi';
import { registerPermissions } from './api/admin/permissions';
import { closeRateLimit } from './api/rembg/rate-limit';
import { createApp, registerApp } from './app';
import { fillTurns } from './jobs/fill-turns';
import { fieldProblems } from './rules/media-fields';
import { persistTables } from './tables';
import { watchEntries } from './triggers/entries';
import { leaveVariantsToSweep } from './triggers/host-deletes';
import { watchUploads } from './triggers/uploads';
import { eventName } from './words';
import { type Running, startWhenListening } from './start';

const running = new WeakMap<Core.Strapi, Running>();

export async function bootstrap({ strapi }: { strapi: Core.Strapi }): Promise<void> {
  await persistTables(strapi);
  await registerPermissions(strapi);
  const webhooks = strapi.get('webhookStore');
  for (const name of eventName.options) webhooks.addAllowedEvent(name.toUpperCase().replace('.', '_'), name);

  const app = await createApp(strapi);
  registerApp(strapi, app);
  await fillTurns(strapi, app.clock.now);
  for (const problem of fieldProblems(strapi, Object.keys(app.config.presets))) strapi.log.warn(`[cutout] ${problem}`);
  leaveVariantsToSweep(strapi);
  watchUploads({ strapi, looks: app.looks, sweepSoon: app.sweepSoon });
  watchEntries(strapi, app.looks);
  running.set(strapi, startWhenListening(strapi, app));
}

/** Strapi waits for this without a limit of its own; most that run it kill it after ten seconds or more. */
const STOP_TIMEOUT_MS = 10_000;

/** May be called twice, and for an application that never bootstrapped. */
export async function destroy({ strapi }: { strapi: Core.Strapi }): Promise<void> {
  const loop = running.get(strapi);
  running.delete(strapi);
  closeRateLimit(strapi);
  await loop?.stop(STOP_TIMEOUT_MS);
}
