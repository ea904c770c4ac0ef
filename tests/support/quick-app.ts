import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Session } from '../../scripts/lib/client';
import { bootCore, type CoreApp, listen } from './core';
import { QUICK, writeQuickModel } from './quick-model';

/** Keys of the plugin's configuration that replace the test app's own; those of `local` stand beside the model. */
export interface QuickConfig {
  local?: object;
  [key: string]: unknown;
}

/** The test app, listening, with a model that takes milliseconds. The model lies with the app's data and goes with it. */
export async function startQuickApp({ local, ...config }: QuickConfig = {}): Promise<{
  app: CoreApp;
  session: Session;
}> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'cutout-quick-'));
  const { modelsDir } = writeQuickModel(path.join(dataDir, 'models'));
  const quick = { model: QUICK, modelsDir, cacheDir: path.join(dataDir, 'cache'), ...local };
  const app = await bootCore({ config: { ...config, local: quick }, dataDir });
  return { app, session: await listen(app) };
}
