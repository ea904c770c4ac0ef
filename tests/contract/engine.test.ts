import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bootCore, type CoreApp, removeData } from '../support/core';
import { QUICK, writeQuickModel } from '../support/quick-model';
import { ledgerRows, type RemoteApp, startRemoteApp } from '../support/remote-app';
import { describeEngine } from './engine';

let folder: string;
let local: CoreApp;
describeEngine(
  'the local engine',
  async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'cutout-engine-model-'));
    const { modelsDir } = writeQuickModel(path.join(folder, 'models'));
    const cacheDir = path.join(folder, 'cache');
    local = await bootCore({ config: { local: { model: QUICK, modelsDir, cacheDir } } });
    return { engine: local.cutout.engines.local, unsettled: async () => 0 };
  },
  async () => {
    await local.stop();
    removeData(local);
    rmSync(folder, { recursive: true, force: true });
  },
);

let remote: RemoteApp;
describeEngine(
  'the remote engine',
  async () => {
    remote = await startRemoteApp();
    const reserved = async () => (await ledgerRows(remote)).filter(({ outcome }) => outcome === 'reserved').length;
    return { engine: remote.app.cutout.engines.remote, unsettled: reserved };
  },
  () => remote.stop(),
);
