import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Core } from '@strapi/strapi';
import { UsageError } from './usage-error';

export interface WorkerSettings {
  /** The app's folder. */
  appDir: string;
  /** Local pictures at a time; the app's `local.workers` when left out. */
  concurrency?: number | undefined;
}

/** What the plugin listens to, see start/index. */
const WORK_EVENT = 'cutout.work';
const PLUGIN = 'plugin::cutout';

/**
 * Boots the app's Strapi without listening and lets the plugin work its queue. Strapi itself ends the process at SIGTERM
 * and SIGINT, after what runs is finished or given back.
 */
export async function runWorker({ appDir, concurrency }: WorkerSettings): Promise<void> {
  const strapi = await loadApp(appDir);
  await strapi.register();
  const config: { local?: object } | undefined = strapi.config.get(PLUGIN);
  if (!config) throw new UsageError([`The app in ${appDir} does not have the cutout plugin enabled.`]);
  const local = concurrency === undefined ? config.local : { ...config.local, workers: concurrency };
  strapi.config.set(PLUGIN, { ...config, ...(local ? { local } : {}), role: 'worker' });
  // The app's scheduled tasks are the web nodes' business.
  strapi.config.set('server.cron.enabled', false);
  await strapi.bootstrap();
  await beat(appDir);
  setInterval(() => void beat(appDir).catch(() => undefined), BEAT_MS);
  await strapi.eventHub.emit(WORK_EVENT);
  strapi.log.info('[cutout] This worker takes jobs.');
}

type Typescript = { resolveOutDir(appDir: string): Promise<string> };

async function loadApp(appDir: string): Promise<Core.Strapi> {
  const ofApp = createRequire(path.join(appDir, 'package.json'));
  let entry: string;
  try {
    entry = ofApp.resolve('@strapi/strapi');
  } catch {
    throw new UsageError([`Expected a Strapi app in ${appDir}, but @strapi/strapi is not installed there.`]);
  }
  const { createStrapi } = ofApp(entry) as typeof import('@strapi/strapi');
  let distDir = appDir;
  if (existsSync(path.join(appDir, 'tsconfig.json'))) {
    const typescript = createRequire(entry)('@strapi/typescript-utils') as Typescript;
    distDir = await typescript.resolveOutDir(appDir);
    if (!existsSync(distDir)) throw new UsageError([`${distDir} is not there: build the app before its worker runs.`]);
  }
  return createStrapi({ appDir, distDir, autoReload: false, serveAdminPanel: false });
}

/** A worker touches a file of its own so often; whoever is silent for longer than the second is not alive. */
const BEAT_MS = 5000;
const SILENT_MS = 30_000;

const folderOf = (appDir: string) => path.join(appDir, '.cutout', 'workers');

async function beat(appDir: string): Promise<void> {
  const folder = folderOf(appDir);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, `${process.pid}.alive`), '');
}

/** Ages in milliseconds of the signs of life in the app's folder; those of the dead are removed. */
export async function signsOfLife(appDir: string): Promise<number[]> {
  const folder = folderOf(appDir);
  const names = existsSync(folder) ? await readdir(folder) : [];
  const ages: number[] = [];
  for (const name of names) {
    const file = path.join(folder, name);
    const age = Date.now() - (await stat(file)).mtimeMs;
    if (age < SILENT_MS) ages.push(age);
    else await rm(file, { force: true });
  }
  return ages;
}
