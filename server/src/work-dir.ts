import { randomBytes } from 'node:crypto';
import { rmSync, type Stats } from 'node:fs';
import { lstat, mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CutoutError } from './errors';
import { faultWords } from './file-fault';
import { OWNER_MARK, ownerMark, stateOfOwner } from './owner-mark';

/** Every temporary folder and file of ours that lives in a folder of others is named here, and swept by its name. */
const OURS = new RegExp(`^(cutout-${OWNER_MARK.source}-\\w{6}|\\.cutout-${OWNER_MARK.source}-[0-9a-f]{6}\\.tmp)$`);

/** A living owner touches its folder so often. */
const TOUCH_EVERY_MS = 5 * 60_000;
/** An owner that cannot be seen from here, on another machine or in another container, is gone after so long. */
const SILENT_MS = 60 * 60_000;

export interface WorkDir {
  path: string;
  remove(): Promise<void>;
}

/** Folders of this process that are there now; what ends it in a hurry removes them with `removeWorkDirsNow`. */
const open = new Set<string>();

/** @throws CutoutError `temp.unavailable`. */
export async function makeWorkDir(parent: string = tmpdir()): Promise<WorkDir> {
  const path = await mkdtemp(join(parent, `cutout-${ownerMark()}-`)).catch((cause: unknown) => {
    throw tempFault(cause);
  });
  open.add(path);
  const touch = setInterval(() => {
    const now = new Date();
    // Gone or not: whoever uses the folder will tell.
    utimes(path, now, now).catch(() => undefined);
  }, TOUCH_EVERY_MS);
  touch.unref();
  return {
    path,
    async remove() {
      clearInterval(touch);
      await rm(path, { recursive: true, force: true, maxRetries: 3 });
      open.delete(path);
    },
  };
}

/** Runs `work` in a folder of its own, which is gone when it ends. */
export async function inWorkDir<T>(work: (dir: string) => Promise<T>, parent?: string): Promise<T> {
  const dir = await makeWorkDir(parent);
  try {
    return await work(dir.path);
  } finally {
    await dir.remove();
  }
}

/** For a process that is about to end and waits for nothing more. */
export function removeWorkDirsNow(): void {
  for (const path of open) rmSync(path, { recursive: true, force: true });
  open.clear();
}

/** The name of a file that is being written and gets its own name when it is whole. */
export const temporaryName = (): string => `.cutout-${ownerMark()}-${randomBytes(3).toString('hex')}.tmp`;

/** Deletes what processes that are gone left in a folder. What cannot be deleted is somebody else's and stays. */
export async function sweepWorkDirs(folder: string = tmpdir(), now: number = Date.now()): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  for (const name of names.filter((candidate) => OURS.test(candidate))) {
    const path = join(folder, name);
    const found = await lstat(path).catch(() => null);
    if (found && isLeft(name, found, now)) await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

function isLeft(name: string, { mtimeMs }: Stats, now: number): boolean {
  const owner = stateOfOwner(name);
  return owner === 'gone' || (owner === 'unknown' && now - mtimeMs > SILENT_MS);
}

export function tempFault(cause: unknown): CutoutError {
  return new CutoutError(
    'temp.unavailable',
    `The temporary folder cannot be written: ${faultWords(cause)}. Make room or mend its rights, or let TMPDIR name another folder.`,
    { cause },
  );
}
