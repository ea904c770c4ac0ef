import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Core } from '@strapi/strapi';
import { codeOf, isDatabaseAway } from '../database-away';
import { CutoutError } from '../errors';
import { UsageError } from './usage-error';

/** A Strapi that has everything but a server: no port, no admin panel. */
export interface BootedStrapi {
  /** Null when the plugin is not installed, or switched off. */
  service(name: string): unknown;
  /** Ends it, database and child processes included. */
  stop(): Promise<void>;
}

interface TypeScriptUtils {
  resolveOutDir(folder: string): Promise<string>;
}

/**
 * The Strapi of an app's folder, made as `strapi start` makes it and not yet registered. A TypeScript app must be built.
 * @throws UsageError where there is no Strapi, or no build
 */
export async function createStrapiOf(folder: string): Promise<Core.Strapi> {
  const appDir = path.resolve(folder);
  const manifest = path.join(appDir, 'package.json');
  const fromApp = createRequire(manifest);
  let entry: string;
  try {
    if (!existsSync(manifest)) throw new Error(manifest);
    entry = fromApp.resolve('@strapi/strapi');
  } catch {
    throw new UsageError([`Expected the folder of a Strapi app with its packages installed but received "${folder}".`]);
  }
  // Strapi reads `.env` where the process is.
  process.chdir(appDir);
  const { createStrapi } = fromApp(entry) as typeof import('@strapi/strapi');
  let distDir = appDir;
  if (existsSync(path.join(appDir, 'tsconfig.json'))) {
    const typescript = createRequire(entry)('@strapi/typescript-utils') as TypeScriptUtils;
    distDir = await typescript.resolveOutDir(appDir);
    if (!existsSync(distDir)) throw new UsageError([`${distDir} is not there: build the app first.`]);
  }
  return createStrapi({ appDir, distDir, autoReload: false, serveAdminPanel: false });
}

const LEAVE_MS = 1000;

/** Registers and boots it; `between` may change its configuration. The app's scheduled tasks are the web nodes' business. */
export async function boot(strapi: Core.Strapi, between: () => void = () => undefined): Promise<void> {
  try {
    await strapi.register();
    between();
    strapi.config.set('server.cron.enabled', false);
    await strapi.bootstrap();
  } catch (error) {
    // What was opened by then would keep the process for ever, and whoever starts it anew waits for its end.
    setTimeout(() => process.exit(), LEAVE_MS).unref();
    throw isDatabaseAway(error) ? databaseAway(error) : error;
  }
}

function databaseAway(cause: unknown): CutoutError {
  const code = codeOf(cause);
  const words = `The database could not be reached${code ? ` (${code})` : ''}.`;
  return new CutoutError('database.unavailable', words, { cause });
}

/** Boots the Strapi of an app's folder without listening, for a command whose answer goes to stdout. */
export async function bootStrapi(folder: string): Promise<BootedStrapi> {
  const strapi = await createStrapiOf(folder);
  strapi.log.level = 'error';
  await boot(strapi);
  return {
    service: (name) => strapi.plugins.cutout?.service(name) ?? null,
    stop: () => strapi.destroy(),
  };
}
