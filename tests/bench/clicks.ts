import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from '../../scripts/lib/client';
import paths from '../../scripts/lib/paths';
import type { BulkView } from '../../server/src/bulk-words';
import { JOB, type JobRow } from '../../server/src/tables/jobs';
import { writeScene } from '../fixtures/files';
import { bootCore, type CoreApp, jobsOf, listen, removeData, upload } from '../support/core';
import { until } from '../support/until';

const LIBRARY = 10_000;
/** Pictures with bytes of their own, at both ends of the library: each needs a run of the model. */
const DIFFERENT = 200;
const CLICKS = 20;
const FILE = 'plugin::upload.file';

/** Milliseconds. */
export interface Clicks {
  /** From a click's answer to its running job. */
  median: number;
  longest: number;
  /** One picture of the run, the median. */
  picture: number;
}

/** Clicks on single images while a bulk run over 10,000 goes on, with the default model and settings. */
export async function clicksInBulk(config: object): Promise<Clicks> {
  const folder = mkdtempSync(path.join(tmpdir(), 'cutout-clicks-'));
  const local = { cacheDir: path.join(paths.root, '.cutout/models') };
  const app = await bootCore({ config: { local, jobs: {}, ...config } });
  try {
    const session = await listen(app);
    const { photo } = await writeScene({ kind: 'mug', seed: 6, width: 1200, height: 900 }, folder, 'mug');
    const bytes = readFileSync(photo);
    const first = await upload(session, { name: 'mug.jpg', bytes, type: 'image/jpeg' });
    await fillLibrary(app, first.id, bytes);
    const call = async (route: string, json?: object): Promise<BulkView> =>
      (await request(session.url, 'POST', `/cutout/bulk${route}`, { bearer: session.jwt, json, timeoutMs: 60_000 }))
        .data;
    const run = await call('', { presets: ['default'] });
    await call(`/${run.id}/start`);
    const jobs = app.strapi.db.query(JOB);
    const ofRun = { bulk: run.id, state: 'done' };
    await until('the run is under way', async () => (await jobs.count({ where: ofRun })) > 5, 120_000);
    const waits: number[] = [];
    for (let click = 0; click < CLICKS; click += 1) {
      // From the end of the library, where the run has not come to.
      const id = first.id + LIBRARY - click;
      await request(session.url, 'POST', `/cutout/assets/${id}/run`, { bearer: session.jwt, json: {} });
      const answered = Date.now();
      const job = await until('its job runs', async () => (await jobsOf(app, id)).find(({ startedAt }) => startedAt));
      waits.push(Math.max(0, new Date(job.startedAt!).getTime() - answered));
      // At any moment of a picture's way.
      await sleep(300 + 61 * click);
    }
    const done = (await jobs.findMany({ where: ofRun })) as JobRow[];
    await call(`/${run.id}/cancel`);
    const pictures = done.map(({ timings }) => timings?.total ?? 0);
    return { median: middle(waits), longest: Math.max(...waits), picture: Math.round(middle(pictures)) };
  } finally {
    await app.stop();
    removeData(app);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fillLibrary(app: CoreApp, first: number, bytes: Buffer): Promise<void> {
  const files = app.strapi.db.query(FILE);
  const { id: _id, documentId: _documentId, ...columns } = await files.findOne({ where: { id: first } });
  const rows = Array.from({ length: LIBRARY }, (_, index) => {
    if (index >= DIFFERENT && index < LIBRARY - DIFFERENT) return { ...columns, name: `mug-${index}.jpg` };
    const hash = `mug_${index}`;
    // What follows a JPEG's end is no part of the picture.
    writeFileSync(path.join(app.dataDir, 'public/uploads', `${hash}.jpg`), Buffer.concat([bytes, Buffer.from(hash)]));
    return { ...columns, name: `${hash}.jpg`, hash, url: `/uploads/${hash}.jpg` };
  });
  for (let at = 0; at < LIBRARY; at += 200) await files.createMany({ data: rows.slice(at, at + 200) });
}

const middle = (values: number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
