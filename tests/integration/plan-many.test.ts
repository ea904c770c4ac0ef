import { createPlanner } from '../../server/src/jobs/plan';
import { createPlanMany } from '../../server/src/jobs/plan-many';
import { JOB, type JobRow } from '../../server/src/tables/jobs';
import { bootCore, type CoreApp, discard } from '../support/core';
import { addManyJobs } from '../support/many-jobs';
import { statementsOf } from '../support/rows-read';

const FILE = 'plugin::upload.file';
let app: CoreApp;
beforeAll(async () => {
  app = await bootCore();
}, 120_000);
afterAll(() => discard(app));

it('plans many assets as it plans each, in a handful of statements', async () => {
  const { strapi, cutout } = app;
  const first = await addManyJobs(strapi, { count: 150, job: () => ({ state: 'done', ask: 'older' }) });
  const ids = Array.from({ length: 150 }, (_, index) => first + index);
  // One waits already and takes the new wants in, one runs, one was settled, one is gone, one is no picture.
  const [waits, runs, settled, gone, document] = ids as [number, number, number, number, number];
  const job = (id: number) => ({ fileId: id });
  await strapi.db
    .query(JOB)
    .updateMany({ where: job(waits), data: { state: 'queued', runAt: new Date(Date.now() + 1e8) } });
  const other = { state: 'running', leaseUntil: new Date(Date.now() + 1e8), leaseToken: 'x' };
  await strapi.db.query(JOB).updateMany({ where: job(runs), data: other });
  await strapi.db.query(FILE).delete({ where: { id: gone } });
  await strapi.db
    .query(FILE)
    .update({ where: { id: document }, data: { name: 'a.pdf', mime: 'application/pdf', ext: '.pdf' } });
  const rules = { everything: { engine: 'local' as const, presets: ['default'] }, folders: {} };
  const config = { rules, presets: cutout.config.presets };
  const parts = { strapi, config, jobs: cutout.jobs, wake: () => undefined, now: cutout.clock.now };
  const { outbox, making } = cutout;
  const planner = createPlanner({ ...parts, outbox, making, takeUpSettings: async () => false });
  await planner.plan(settled, { source: 'upload' });
  await strapi.db.query(JOB).updateMany({ where: job(settled), data: { state: 'cancelled' } });
  const planMany = createPlanMany({ ...parts, planner, making });
  await strapi.db.query(JOB).updateMany({ where: { state: 'queued' }, data: { engine: 'remote' } });

  const signal = new AbortController().signal;
  let planned = 0;
  const statements = await statementsOf(strapi, async () => {
    planned = await planMany(ids, { source: 'bulk', bulk: 7 }, signal);
  });
  expect(planned).toBe(150 - 4);
  expect(statements.length).toBeLessThan(100);
  const jobs = (await strapi.db
    .query(JOB)
    .findMany({ where: { fileId: { $in: ids } }, orderBy: { id: 'asc' } })) as JobRow[];
  const newest = new Map(jobs.map((row) => [row.fileId, row]));
  expect(newest.get(settled)).toMatchObject({ state: 'cancelled' });
  expect(newest.get(waits)).toMatchObject({ state: 'queued', ask: newest.get(ids[9]!)?.ask, engine: 'local' });
  expect(jobs.filter(({ fileId }) => fileId === waits)).toHaveLength(1);
  expect(newest.get(document)).toMatchObject({ state: 'skipped', reasonCode: 'source.not-an-image' });
  expect(newest.get(ids[9]!)).toMatchObject({
    version: 1,
    presets: ['default'],
    priority: 20,
    bulk: 7,
    source: 'bulk',
  });
  await Promise.all([planMany(ids, { source: 'bulk' }, signal), planMany(ids, { source: 'bulk' }, signal)]);
  expect(await strapi.db.query(JOB).count({ where: { fileId: { $in: ids } } })).toBe(jobs.length);
  await strapi.db.query(FILE).deleteMany({ where: { id: { $in: ids } } });
});
