import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type App, type AppOptions, startApp } from '../../scripts/lib/app';
import { openSession, type Session } from '../../scripts/lib/client';

export { startApp, type App, type AppOptions };
export * from '../../scripts/lib/client';

/** Starts the test app on a free port with a database and uploads of its own, and logs in as its first admin. */
export async function startWithSession(options: AppOptions = {}): Promise<{ app: App; session: Session }> {
  const app = await startApp(options);
  try {
    return { app, session: await openSession(app.url) };
  } catch (error) {
    await app.stop();
    app.remove();
    throw error;
  }
}

/** The plugin's configuration as `tests/app` takes it: these top-level keys replace its own. */
export const cutoutConfig = (config: Record<string, unknown>) => ({ CUTOUT_CONFIG: JSON.stringify(config) });

/** Names of the files the app has in its uploads folder. */
export const uploadsOf = (app: App): string[] => readdirSync(path.join(app.publicDir, 'uploads')).sort();

/** Process ids of a process's children, read from /proc; Linux only. */
export function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === pid)
    .map(Number);
}

/** Resident memory of a process in MB, 0 when it is gone; Linux only. */
export function residentMb(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

function parentOf(pid: string): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
  }
}
