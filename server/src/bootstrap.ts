import type { Core } from '@strapi/strapi';
import { giveReadOnce, registerPermissions } from './api/admin/permissions';
import { answerAgain } from './api/content/render-again';
import { closeRateLimit } from './api/rembg/rate-limit';
import { closeStreams } from './api/stream/streams';
import { createApp, registerApp } from './app';
import { messageOf } from './errors';
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
  if (app.config.render.mode !== 'off') answerAgain(strapi, app.renders);
  await fillTurns(strapi, app.clock.now);
  for (const problem of fieldProblems(strapi, Object.keys(app.config.presets))) strapi.log.warn(`[cutout] ${problem}`);
  leaveVariantsToSweep(strapi);
  watchUploads({ strapi, looks: app.looks, sweepSoon: app.sweepSoon });
  watchEntries(strapi, app.looks);
  giveReadWhenListening(strapi);
  running.set(strapi, startWhenListening(strapi, app));
}

/** Commands do not listen, and a database that is away for a moment is asked again by the next start. */
function giveReadWhenListening(strapi: Core.Strapi): void {
  strapi.server.httpServer.once('listening', () => {
    giveReadOnce(strapi).catch((error: unknown) =>
      strapi.log.warn(`[cutout] the roles Editor and Author may not see cutouts yet: ${messageOf(error)}`),
    );
  });
}

/** Strapi waits for this without a limit of its own; most that run it kill it after ten seconds or more. */
const STOP_TIMEOUT_MS = 10_000;

/** May be called twice, and for an application that never bootstrapped. */
export async function destroy({ strapi }: { strapi: Core.Strapi }): Promise<void> {
  const loop = running.get(strapi);
  running.delete(strapi);
  closeRateLimit(strapi);
  closeStreams(strapi);
  await loop?.stop(STOP_TIMEOUT_MS);
}
