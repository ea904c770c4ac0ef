import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { type Asset, assetStatus, findAsset, type Session } from '../../scripts/lib/client';
import type { PlanMany } from '../../server/src/jobs/plan-many';
import { createReconciler } from '../../server/src/jobs/reconcile';
import { THUMBNAIL_KEY } from '../../server/src/assets/keys';
import { type CoreApp, discard, idle, jobsOf, upload } from '../support/core';
import { startQuickApp } from '../support/quick-app';
import { disc } from '../support/quick-model';

/** What events missed is found by comparing what is wanted with what is there. */

const FILE = 'plugin::upload.file';
let app: CoreApp;
let session: Session;
let seed = 0;
beforeAll(async () => {
  ({ app, session } = await startQuickApp({
    rules: { everything: true },
    jobs: { pollMs: 200, retryDelayMs: 50, leaseMs: 5000, reconcileMs: 3_600_000 },
  }));
}, 180_000);
afterAll(() => discard(app));

const reconcile = (signal = new AbortController().signal) => app.cutout.reconciler.run(signal);
const ready = async (): Promise<Asset> => {
  const { id } = await upload(session, { name: 'disc.jpg', bytes: await disc(++seed), type: 'image/jpeg' });
  await idle(app);
  return findAsset(session, id);
};
const setFormats = (id: number, formats: object | null) =>
  app.strapi.db
    .queryBuilder(FILE)
    .where({ id })
    .update({ formats: JSON.stringify(formats) })
    .execute();

it('finds nothing to do where everything is there', async () => {
  await ready();
  expect(await reconcile()).toBe(0);
});

it('plans an asset that came past every event, as an import or a start without the plugin leaves it', async () => {
  const { id } = await ready();
  const { id: _, documentId: __, ...row } = await app.strapi.db.query(FILE).findOne({ where: { id } });
  const uploads = path.join(app.dataDir, 'public/uploads');
  copyFileSync(path.join(uploads, path.basename(row.url)), path.join(uploads, 'imported.jpg'));
  const imported = { ...row, hash: 'imported', url: '/uploads/imported.jpg', formats: null };
  app.strapi.db.lifecycles.disable();
  const created = (await app.strapi.db.query(FILE).create({ data: imported })) as { id: number };
  app.strapi.db.lifecycles.enable();
  expect(await jobsOf(app, created.id)).toEqual([]);
  expect(await reconcile()).toBe(1);
  await idle(app);
  expect(await assetStatus(session, created.id)).toMatchObject({ state: 'ready' });
  expect(await reconcile()).toBe(0);
});

it('plans an asset whose job is done and whose variants are gone', async () => {
  const { id, formats } = await ready();
  await setFormats(id, { thumbnail: formats!.thumbnail });
  expect(await reconcile()).toBe(1);
  await idle(app);
  expect(Object.keys((await findAsset(session, id)).formats ?? {}).sort()).toEqual([
    'cutout',
    THUMBNAIL_KEY,
    'cutout_matte',
    'thumbnail',
  ]);
});

it('leaves a cutout of another engine alone: a changed rule must not spend credits by itself', async () => {
  await ready();
  const everything = { engine: 'remote' as const, presets: ['default'] };
  const { planner, jobs } = app.cutout;
  const asked: number[] = [];
  const planMany: PlanMany = async (ids) => {
    asked.push(...ids);
    return 0;
  };
  const config = { rules: { everything, folders: {} } };
  const other = createReconciler({ strapi: app.strapi, config, planner, planMany, jobs });
  await other.run(new AbortController().signal);
  expect(asked).toEqual([]);
});

it('asks the database a handful of questions for each five hundred assets', async () => {
  const { id: _, documentId: __, ...row } = await app.strapi.db.query(FILE).findOne({ where: { mime: 'image/jpeg' } });
  const many = Array.from({ length: 1200 }, (__, index) => ({
    ...row,
    hash: `many_${index}`,
    mime: 'application/pdf',
  }));
  for (let at = 0; at < many.length; at += 100) {
    await app.strapi.db.query(FILE).createMany({ data: many.slice(at, at + 100) });
  }
  let queries = 0;
  const count = () => void (queries += 1);
  app.strapi.db.connection.on('query', count);
  expect(await reconcile()).toBe(0);
  app.strapi.db.connection.removeListener('query', count);
  // Three pages: the page, its rows, its fields (in a transaction), its jobs; and what the rounds ask meanwhile.
  expect(queries).toBeLessThan(45);
});

it('stops when it is told to', async () => {
  await expect(reconcile(AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
});
