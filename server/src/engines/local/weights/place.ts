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
  const folder = path.dirname(target);
  await removeLeftovers(target);
  const temporary = path.join(folder, `${path.basename(target)}.${randomUUID()}.tmp`);
  try {
    const handle = await fs.open(temporary, 'wx');
    try {
      await fill(handle);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await check(temporary);
    await fs.rename(temporary, target);
    await syncFolder(folder);
  } catch (error) {
    await fs.rm(temporary, { force: true });
    throw error;
  }
}

async function removeLeftovers(target: string): Promise<void> {
  const prefix = `${path.basename(target)}.`;
  for (const name of await fs.readdir(path.dirname(target))) {
    if (name.startsWith(prefix) && name.endsWith('.tmp'))
      await fs.rm(path.join(path.dirname(target), name), { force: true });
  }
}

/** Makes the rename itself survive a power cut. Windows cannot open folders and does not need it. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await fs.open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
