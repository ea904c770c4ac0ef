import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { boot, createStrapiOf } from './boot';
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
  const strapi = await createStrapiOf(appDir);
  await boot(strapi, () => {
    const config: { local?: object } | undefined = strapi.config.get(PLUGIN);
    if (!config) throw new UsageError([`The app in ${appDir} does not have the cutout plugin enabled.`]);
    const local = concurrency === undefined ? config.local : { ...config.local, workers: concurrency };
    strapi.config.set(PLUGIN, { ...config, ...(local ? { local } : {}), role: 'worker' });
  });
  await beat(appDir);
  setInterval(() => void beat(appDir).catch(() => undefined), BEAT_MS);
  await strapi.eventHub.emit(WORK_EVENT);
  strapi.log.info('[cutout] This worker takes jobs.');
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
