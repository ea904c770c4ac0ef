import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'cutout-job-';
/** No job takes so long: what is older was left by a process that was killed. */
const LEFT_BEHIND_MS = 24 * 60 * 60 * 1000;

/** Runs `work` in a folder of its own, which is gone when it ends. */
export async function inWorkDir<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), PREFIX));
  try {
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Deletes the folders of jobs that a crash cut off. */
export async function sweepWorkDirs(now = Date.now()): Promise<void> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(PREFIX));
  for (const name of names) {
    const dir = join(tmpdir(), name);
    const found = await stat(dir).catch(() => null);
    if (found && now - found.mtimeMs > LEFT_BEHIND_MS) await rm(dir, { recursive: true, force: true });
  }
}
