import { randomUUID } from 'node:crypto';
import { promises as fs, type promises } from 'node:fs';
import path from 'node:path';

type FileHandle = promises.FileHandle;

/**
 * Writes `target` so that it is either absent or whole: `fill` writes a temporary file beside it, `check` may refuse
 * it, then it is flushed to disk and renamed. Call it under the target's lock: temporary files that a killed process left
 * behind are removed first.
 */
export async function placeFile(
  target: string,
  fill: (handle: FileHandle) => Promise<void>,
  check: (temporary: string) => Promise<void>,
): Promise<void> {
  await removeLeftovers(target);
  const temporary = path.join(path.dirname(target), `${path.basename(target)}.${randomUUID()}.tmp`);
  try {
    const handle = await fs.open(temporary, 'wx');
    try {
      await fill(handle);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await check(temporary);
    await replaceFile(temporary, target);
  } catch (error) {
    await fs.rm(temporary, { force: true });
    throw error;
  }
}

/** Renames a finished file, already flushed, so that the rename too survives a power cut. */
export async function replaceFile(finished: string, target: string): Promise<void> {
  await fs.rename(finished, target);
  await syncFolder(path.dirname(target));
}

/** Writes all of a block at a place of the file; a single write may stop short. */
export async function writeAll(handle: FileHandle, block: Buffer, position: number): Promise<void> {
  for (let done = 0; done < block.length;) {
    const { bytesWritten } = await handle.write(block, done, block.length - done, position + done);
    done += bytesWritten;
  }
}

async function removeLeftovers(target: string): Promise<void> {
  const prefix = `${path.basename(target)}.`;
  for (const name of await fs.readdir(path.dirname(target))) {
    if (name.startsWith(prefix) && name.endsWith('.tmp'))
      await fs.rm(path.join(path.dirname(target), name), { force: true });
  }
}

/** Windows cannot open folders and does not need it. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await fs.open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
