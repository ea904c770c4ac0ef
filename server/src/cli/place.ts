import { constants, promises as fs } from 'node:fs';
import path from 'node:path';
import { CutoutError } from '../errors';
import { faultWords } from '../file-fault';
import { sweepWorkDirs, temporaryName } from '../work-dir';
import { identityAt } from './identity';
import { printable } from './printable';

export interface PlaceRules {
  /** Files of earlier runs and of others are replaced; originals never are. */
  overwrite: boolean;
  originals: ReadonlySet<string>;
}

/** Makes a folder that results will go to, before a model runs for them. @throws CutoutError `output.failed`. */
export async function prepareFolder(folder: string, forFile: string): Promise<void> {
  await nameFaults(forFile, async () => {
    await fs.mkdir(folder, { recursive: true });
    await fs.access(folder, constants.W_OK | constants.X_OK);
  });
  await sweepWorkDirs(folder);
}

/** @throws CutoutError `output.exists`. */
export async function requireFree(file: string, { overwrite }: PlaceRules): Promise<void> {
  if (!overwrite && (await fs.lstat(file).catch(() => null))) throw taken(file);
}

/**
 * Puts finished files in their places, all or none: whole from the first moment on, and never where another file is, of
 * another run at the same time too. One with the very same bytes is what an earlier run left.
 *
 * @throws CutoutError `output.exists`, `output.failed`.
 */
export async function placeFiles(files: readonly { from: string; to: string }[], rules: PlaceRules): Promise<void> {
  const placed: string[] = [];
  try {
    for (const { from, to } of files) if (await nameFaults(to, () => place(from, to, rules))) placed.push(to);
  } catch (error) {
    if (!rules.overwrite) for (const file of placed) await fs.rm(file, { force: true });
    throw error;
  }
}

/** Whether this call put it there. */
async function place(from: string, to: string, { overwrite, originals }: PlaceRules): Promise<boolean> {
  const temporary = path.join(path.dirname(to), temporaryName());
  try {
    await fs.copyFile(from, temporary, constants.COPYFILE_EXCL);
    await flush(temporary);
    if (!overwrite) return await claim(temporary, to);
    const there = await identityAt(to);
    if (there !== null && originals.has(there)) throw original(to);
    await fs.rename(temporary, to);
    return true;
  } finally {
    await fs.rm(temporary, { force: true });
  }
}

/** A link, unlike a renaming, fails where a file is; so does an exclusive open, where there are no links. */
async function claim(temporary: string, to: string): Promise<boolean> {
  try {
    await fs.link(temporary, to).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') throw error;
      await (await fs.open(to, 'wx')).close();
      await fs.rename(temporary, to).catch(async (failure: unknown) => {
        await fs.rm(to, { force: true });
        throw failure;
      });
    });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (await sameBytes(temporary, to)) return false;
    throw taken(to);
  }
}

/** So that a power cut does not leave an empty file that a later run takes for finished. */
async function flush(file: string): Promise<void> {
  const handle = await fs.open(file, 'r+');
  try {
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

async function sameBytes(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([fs.stat(one), fs.lstat(other)]);
  if (!b.isFile() || a.size !== b.size) return false;
  return (await fs.readFile(one)).equals(await fs.readFile(other));
}

async function nameFaults<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof CutoutError) throw cause;
    const message = `${printable(file)} cannot be written: ${faultWords(cause)}. Name another place with --out, or make room there.`;
    throw new CutoutError('output.failed', message, { cause });
  }
}

function taken(file: string): CutoutError {
  return new CutoutError(
    'output.exists',
    `${printable(file)} is there already, from an earlier run or another original, and was kept; --overwrite replaces it, --out names another place.`,
  );
}

function original(file: string): CutoutError {
  return new CutoutError(
    'output.exists',
    `${printable(file)} is an original of this run, and those are never replaced.`,
  );
}
