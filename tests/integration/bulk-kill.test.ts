import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { request } from '../../scripts/lib/client';
import type { BulkView } from '../../server/src/bulk-words';
import { upload } from '../support/core';
import { type Nodes, startNodes } from '../support/nodes';
import { disc, QUICK, writeQuickModel } from '../support/quick-model';
import { until } from '../support/until';

/** A real process that is killed in the middle of a run. */

const FILES = 12;
let folder: string;
let nodes: Nodes;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cutout-bulk-kill-'));
  const { modelsDir } = writeQuickModel(path.join(folder, 'models'));
  const local = { model: QUICK, modelsDir, cacheDir: path.join(folder, 'cache') };
  nodes = await startNodes({ count: 1, config: { local, jobs: { pollMs: 200, leaseMs: 3000 } } });
}, 180_000);
afterAll(async () => {
  await nodes?.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('goes on where it was, makes each cutout once and ends', async () => {
  const { url, jwt } = nodes.session(0);
  const call = async (method: string, route: string, json?: object): Promise<BulkView> =>
    (await request(url, method, `/cutout/bulk${route}`, { bearer: jwt, ...(json ? { json } : {}) })).data;
  for (let seed = 0; seed < FILES; seed += 1) {
    await upload(nodes.session(0), { name: `disc-${seed}.jpg`, bytes: await disc(seed), type: 'image/jpeg' });
  }
  const { id } = await call('POST', '', { presets: ['default'] });
  await call('POST', `/${id}/start`);
  await until('some are made', async () => (await call('GET', `/${id}`)).jobs.done > 1);
  await nodes.kill(0);
  await nodes.start(0);
  const run = await until(
    'the run has ended',
    async () => {
      const now = await call('GET', `/${id}`);
      return now.state !== 'running' && now;
    },
    120_000,
  );
  expect(run).toMatchObject({ state: 'done', jobs: { done: FILES, failed: 0, cancelled: 0 } });
  const jobs = await nodes.rows<{ file_id: number }>('select file_id from cutout_jobs');
  expect(new Set(jobs.map((job) => job.file_id)).size).toBe(FILES);
  expect(jobs).toHaveLength(FILES);
}, 300_000);
