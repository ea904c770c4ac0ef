import { access, constants, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Core } from '@strapi/strapi';
import type { Config } from '../../config/schema';
import { temporaryName } from '../../work-dir';
import { bytes, type Check, type Finding, finding, LIMIT_MS, textFact, well } from '../check';

/** Below this the next pictures may fail. */
const FULL_BYTES = 200e6;
const SHORT_BYTES = 1e9;

export interface FolderState {
  name: string;
  /** The plugin works without it, more slowly. */
  spare: boolean;
  isWritable: boolean;
  freeBytes: number | null;
}

/** Whether the plugin can write where it writes, and what room is left there. */
export const folders: Check = {
  id: 'folders',
  limitMs: LIMIT_MS,
  look: async ({ strapi, app }) => judgeFolders(await Promise.all(foldersOf(strapi, app.config).map(lookAt))),
};

interface Folder {
  name: string;
  path: string;
  spare: boolean;
}

function foldersOf(strapi: Core.Strapi, { local, remote, render }: Config): Folder[] {
  const fromRoot = (folder: string) => path.resolve(strapi.dirs.app.root, folder);
  const isLocal = strapi.config.get('plugin::upload.provider', 'local') === 'local';
  const uploads = path.join(strapi.dirs.static.public, 'uploads');
  return [
    { name: 'temporary', path: tmpdir(), spare: false },
    { name: 'models', path: fromRoot(local.cacheDir), spare: true },
    ...(isLocal ? [{ name: 'uploads', path: uploads, spare: false }] : []),
    ...(remote.apiKey === null ? [] : [{ name: 'paid', path: fromRoot(remote.paidDir), spare: false }]),
    ...(render.mode === 'off' || render.cacheMb === 0
      ? []
      : [{ name: 'renders', path: fromRoot(render.cacheDir), spare: true }]),
  ];
}

/** A folder that is not there yet is made in the next one above it. */
async function lookAt({ name, path: folder, spare }: Folder): Promise<FolderState> {
  const there = await nearest(folder);
  const stats = await statfs(there).catch(() => null);
  const freeBytes = stats && stats.bavail * stats.bsize;
  return { name, spare, isWritable: await isWritable(there, there === folder), freeBytes };
}

async function nearest(folder: string): Promise<string> {
  for (let at = folder; ; at = path.dirname(at)) {
    const found = await stat(at).catch(() => null);
    if (found || at === path.dirname(at)) return at;
  }
}

async function isWritable(folder: string, isOurs: boolean): Promise<boolean> {
  const tried = path.join(folder, temporaryName());
  try {
    if (!isOurs) {
      await access(folder, constants.W_OK | constants.X_OK);
      return true;
    }
    await writeFile(tried, 'cutout', { flag: 'wx' });
    return true;
  } catch {
    return false;
  } finally {
    if (isOurs) await rm(tried, { force: true }).catch(() => undefined);
  }
}

export function judgeFolders(states: readonly FolderState[]): Finding {
  const facts = states.map(({ name, freeBytes }) => bytes(`folder-${name}`, freeBytes));
  const told = (which: readonly FolderState[]) => [
    textFact('folders', which.map(({ name }) => name).join(', ')),
    ...facts,
  ];
  const closed = states.filter(({ isWritable: writable }) => !writable);
  if (closed.length > 0)
    return finding(closed.every(({ spare }) => spare) ? 'warning' : 'error', 'folders.closed', told(closed));
  const below = (limit: number) => states.filter(({ freeBytes }) => freeBytes !== null && freeBytes < limit);
  const [full, short] = [below(FULL_BYTES), below(SHORT_BYTES)];
  if (short.length === 0) return well(facts);
  return finding(full.length > 0 ? 'error' : 'warning', 'folders.full', told(short));
}
