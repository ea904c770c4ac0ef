import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { UsageError } from './usage-error';

/** A Strapi that has everything but a server: no port, no admin panel. */
export interface BootedStrapi {
  /** Null when the plugin is not installed, or switched off. */
  service(name: string): unknown;
  /** Ends it, database and child processes included. */
  stop(): Promise<void>;
}

interface StrapiModule {
  createStrapi(options: object): StrapiInstance;
}
interface StrapiInstance {
  log: { level: string };
  plugins: Record<string, { service(name: string): unknown } | undefined>;
  load(): Promise<unknown>;
  destroy(): Promise<void>;
}
interface TypeScriptUtils {
  resolveOutDir(folder: string): Promise<string>;
}

/**
 * Boots the Strapi of an app's folder as `strapi start` does, without listening. A TypeScript app must be built.
 * @throws UsageError where there is no Strapi
 */
export async function bootStrapi(folder: string): Promise<BootedStrapi> {
  const appDir = path.resolve(folder);
  const manifest = path.join(appDir, 'package.json');
  if (!existsSync(manifest)) throw notAnApp(appDir);
  const fromApp = createRequire(manifest);
  let entry: string;
  try {
    entry = fromApp.resolve('@strapi/strapi');
  } catch {
    throw notAnApp(appDir);
  }
  // Strapi reads `.env` where the process is.
  process.chdir(appDir);
  const { createStrapi } = fromApp(entry) as StrapiModule;
  const typescript = createRequire(entry)('@strapi/typescript-utils') as TypeScriptUtils;
  const isBuilt = existsSync(path.join(appDir, 'tsconfig.json'));
  const distDir = isBuilt ? await typescript.resolveOutDir(appDir) : appDir;
  const strapi = createStrapi({ appDir, distDir, autoReload: false, serveAdminPanel: false });
  // Its own lines go to stdout, which is for the command's answer.
  strapi.log.level = 'error';
  await strapi.load();
  return {
    service: (name) => strapi.plugins.cutout?.service(name) ?? null,
    stop: () => strapi.destroy(),
  };
}

const notAnApp = (folder: string) =>
  new UsageError([`Expected the folder of a Strapi app with its packages installed but received "${folder}".`]);
