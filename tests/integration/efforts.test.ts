import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Session } from '../../scripts/lib/client';
import { MATTE, type MatteRow } from '../../server/src/tables/mattes';
import { STORED_FILE } from '../../server/src/tables/files';
import type { Effort } from '../../server/src/words';
import { bootCore, type CoreApp, idle, jobsOf, listen, removeData, upload } from '../support/core';
import { disc, QUICK, writeQuickModel } from '../support/quick-model';

/** The same bytes under one effort after the other: a better matte stands for a lesser wish, and never the other way. */

jest.setTimeout(180_000);

const folder = mkdtempSync(path.join(tmpdir(), 'cutout-efforts-'));
const { modelsDir } = writeQuickModel(path.join(folder, 'models'));
let app: CoreApp;
let session: Session;

async function start(effort: Effort, from?: CoreApp): Promise<void> {
  const config = {
    local: { model: QUICK, modelsDir, cacheDir: path.join(folder, 'cache'), effort },
    rules: { everything: true },
  };
  const known = from ? session : undefined;
  await from?.stop();
  app = await bootCore({ config, ...(from ? { dataDir: from.dataDir } : {}) });
  session = await listen(app, known);
}

beforeAll(() => start('balanced'));
afterAll(async () => {
  await app.stop();
  removeData(app);
  rmSync(folder, { recursive: true, force: true });
});

const mattes = async () => (await app.strapi.db.query(MATTE).findMany({ orderBy: { id: 'asc' } })) as MatteRow[];
const effortsStored = async () => (await mattes()).map(({ effort }) => effort);

/** Uploads the one picture anew and tells whether its cutout needed a run of the model. */
async function cut(): Promise<{ id: number; ran: boolean }> {
  const { id } = await upload(session, { name: 'disc.jpg', bytes: await disc(1) });
  await idle(app);
  const [job] = await jobsOf(app, id);
  expect(job).toMatchObject({ state: 'done', chosen: { engine: 'local', model: QUICK } });
  return { id, ran: (job?.timings?.run ?? 0) > 0 };
}

test('mattes of the same bytes by other efforts are told apart, and the best one serves all', async () => {
  expect(await cut()).toMatchObject({ ran: true });
  expect(await cut()).toMatchObject({ ran: false });
  expect(await effortsStored()).toEqual([null]);

  await start('best', app);
  const best = await cut();
  expect(best).toMatchObject({ ran: true });
  expect(await effortsStored()).toEqual([null, 'best']);

  for (const lesser of ['fast', 'balanced'] as const) {
    await start(lesser, app);
    expect(await cut()).toMatchObject({ ran: false });
    expect(await effortsStored()).toEqual([null, 'best']);
  }

  // As after a transfer: only the assets tell of the mattes. The best one is adopted as what it is.
  const { db } = app.strapi;
  for (const uid of [MATTE, STORED_FILE]) await db.query(uid).deleteMany({ where: { id: { $gt: 0 } } });
  await db.query('plugin::upload.file').update({ where: { id: best.id }, data: { formats: await onlyMatte(best.id) } });
  await app.cutout.planner.plan(best.id, { source: 'admin', asked: true });
  await idle(app);
  expect(await effortsStored()).toEqual(['best']);
  expect((await jobsOf(app, best.id)).at(-1)).toMatchObject({ state: 'done' });
  expect((await jobsOf(app, best.id)).at(-1)?.timings?.run ?? 0).toBe(0);
});

async function onlyMatte(id: number): Promise<Record<string, unknown>> {
  const file = (await app.strapi.db.query('plugin::upload.file').findOne({ where: { id } })) as {
    formats: Record<string, unknown>;
  };
  return Object.fromEntries(Object.entries(file.formats).filter(([key]) => key === 'cutout_matte'));
}
