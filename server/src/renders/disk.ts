import { copyFile, lstat, mkdir, open, readdir, rename, rm, unlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { isFileFault } from '../file-fault';
import { temporaryName } from '../work-dir';

/**
 * Made pictures in a folder, which several processes may share: a file has its name only when it is whole and on the
 * disk, and is never written again. Together they stay near a size; the one used the longest ago goes first.
 */
export interface Disk {
  /** Null where there is none, or it cannot be read. The caller reads the stream to its end or destroys it. */
  open(name: string): Promise<{ stream: Readable; bytes: number } | null>;
  /** Keeps a copy of a file. Resolves to whether it did: a folder that cannot be written costs time, no answer. */
  put(name: string, path: string): Promise<boolean>;
  /** Marks a file as used now. */
  mark(name: string): Promise<void>;
  /** Brings the folder within its size. */
  trim(): Promise<void>;
}

export interface DiskSettings {
  dir: string;
  /** 0 keeps nothing. */
  mostBytes: number;
  /** Hears what failed; nobody is refused a picture for it. */
  onFault: (error: unknown) => void;
  now: () => number;
}

/** Of everything else in the folder nothing is known, and nothing is touched. */
const OURS = /^[0-9a-f]{32}\.[a-z]+$/;

/** A file is marked as used so often at most. */
export const MARK_EVERY_MS = 60_000;
/** Later than any clock may be ahead of this one's: from before it was set back. */
const FUTURE_MS = 60 * 60_000;
/** Room that is made when there is none. */
const TRIMMED_TO = 0.9;
/** After so much of the size was written the folder is looked at: others write to it too. */
const LOOK_AFTER = 1 / 16;
/** Files looked at at once, so that the event loop is not held. */
const BATCH = 32;

interface Found {
  path: string;
  bytes: number;
  usedAt: number;
}

export function createDisk({ dir, mostBytes, onFault, now }: DiskSettings): Disk {
  /** What this process wrote since it last looked; before the first look anything may lie there. */
  let written = Infinity;
  let held = 0;
  let trimming: Promise<void> | null = null;

  const trimNow = async (): Promise<void> => {
    written = 0;
    const files = await filesIn(dir);
    const age = (file: Found): number => (file.usedAt > now() + FUTURE_MS ? 0 : file.usedAt);
    let total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    if (total > mostBytes) {
      for (const { path, bytes } of files.sort((a, b) => age(a) - age(b))) {
        if (total <= mostBytes * TRIMMED_TO) break;
        const isGone = await unlink(path).then(() => true, isMissingOr(onFault));
        if (isGone) total -= bytes;
      }
    }
    held = total;
  };

  const trim = (): Promise<void> =>
    (trimming ??= trimNow()
      .catch(onFault)
      .finally(() => (trimming = null)));

  const count = (bytes: number): void => {
    written += bytes;
    held += bytes;
    if (held > mostBytes || written > mostBytes * LOOK_AFTER) void trim();
  };

  const mark = async (name: string): Promise<void> => {
    const at = new Date(now());
    // It may be gone by now, or belong to another user.
    await utimes(join(dir, name), at, at).catch(() => undefined);
  };

  return {
    async open(name) {
      if (mostBytes === 0) return null;
      try {
        const handle = await open(join(dir, name));
        const stats = await handle.stat().catch(async (error: unknown) => {
          await handle.close();
          throw error;
        });
        if (Math.abs(now() - stats.mtimeMs) > MARK_EVERY_MS) void mark(name);
        return { stream: handle.createReadStream(), bytes: stats.size };
      } catch (error) {
        if (!isMissing(error)) onFault(error);
        return null;
      }
    },
    async put(name, path) {
      const temporary = join(dir, temporaryName());
      try {
        const { size } = await lstat(path);
        if (size > mostBytes) return false;
        await mkdir(dir, { recursive: true, mode: 0o700 });
        await copyFile(path, temporary);
        await flush(temporary);
        await rename(temporary, join(dir, name));
        count(size);
        return true;
      } catch (error) {
        await rm(temporary, { force: true }).catch(() => undefined);
        onFault(error);
        return false;
      }
    },
    mark,
    trim,
  };
}

async function filesIn(dir: string): Promise<Found[]> {
  const names = await readdir(dir).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
    return [];
  });
  const ours = names.filter((name) => OURS.test(name));
  const found: Found[] = [];
  for (let at = 0; at < ours.length; at += BATCH) {
    const batch = await Promise.all(ours.slice(at, at + BATCH).map((name) => look(join(dir, name))));
    found.push(...batch.flatMap((file) => file ?? []));
  }
  return found;
}

async function look(path: string): Promise<Found | null> {
  const stats = await lstat(path).catch(() => null);
  return stats?.isFile() ? { path, bytes: stats.size, usedAt: stats.mtimeMs } : null;
}

/** Without this a file may have its name and none of its bytes after a power cut. */
async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const isMissing = (error: unknown): boolean => isFileFault(error) && error.code === 'ENOENT';

/** Another process may have deleted it before. */
const isMissingOr =
  (onFault: (error: unknown) => void) =>
  (error: unknown): boolean => {
    if (!isMissing(error)) onFault(error);
    return isMissing(error);
  };
