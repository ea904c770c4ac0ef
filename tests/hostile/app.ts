import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { type App, newDataDir, startApp } from '../../scripts/lib/app';
import { openSession, type Session } from '../../scripts/lib/client';
import { QUICK, writeQuickModel } from '../support/quick-model';
import { MAX_PIXELS } from './corpus';

/** The test app for the corpus, in a process of its own, with a temporary folder that nobody else writes to. */
export interface HostileApp {
  session: Session;
  rows<Row>(sql: string): Row[];
  /** Names of the stored files. */
  uploads(): string[];
  /** Names in its temporary folder. */
  temporary(): string[];
  isAlive(): boolean;
  log(): string;
  stop(): Promise<void>;
}

/** @param enabled false boots Strapi without the plugin, to compare with */
export async function startHostileApp({ enabled }: { enabled: boolean }): Promise<HostileApp> {
  const dataDir = newDataDir();
  const temporary = path.join(dataDir, 'tmp');
  mkdirSync(temporary);
  const { modelsDir } = writeQuickModel(path.join(dataDir, 'models'));
  const config = {
    local: { model: QUICK, modelsDir, cacheDir: path.join(dataDir, 'cache') },
    rules: { everything: {} },
    limits: { maxPixels: MAX_PIXELS },
    // It would be in Strapi's own answer to the replace, where it belongs.
    focalPoint: false,
    jobs: { pollMs: 500, retryDelayMs: 100, leaseMs: 30_000 },
  };
  const env = { TMPDIR: temporary, CUTOUT_ENABLED: String(enabled), CUTOUT_CONFIG: JSON.stringify(config) };
  const app = await startApp({ dataDir, env });
  const stop = async () => {
    await app.stop();
    app.remove();
  };
  try {
    const session = await openSession(app.url);
    return { session, stop, ...looksInto(app, temporary) };
  } catch (error) {
    await stop();
    throw error;
  }
}

function looksInto(app: App, temporary: string): Omit<HostileApp, 'session' | 'stop'> {
  return {
    rows<Row>(sql: string): Row[] {
      const database = new Database(path.join(app.dataDir, 'data.db'), { readonly: true });
      try {
        return database.prepare(sql).all() as Row[];
      } finally {
        database.close();
      }
    },
    uploads: () => readdirSync(path.join(app.publicDir, 'uploads')).sort(),
    temporary: () => readdirSync(temporary),
    isAlive: () => app.process.exitCode === null && app.process.signalCode === null,
    log: () => app.log(),
  };
}
