import { pruneJobs } from '../../server/src/jobs/prune';
import { BULK_RUN } from '../../server/src/tables/bulk-runs';
import { JOB, type JobRow } from '../../server/src/tables/jobs';
import { LEDGER, type LedgerRow } from '../../server/src/tables/ledger';
import { pruneLedger } from '../../server/src/usage/prune';
import { bootCore, type CoreApp, discard } from '../support/core';
import { addManyJobs } from '../support/many-jobs';

const DAY = 24 * 60 * 60_000;
const now = Date.now();
const ago = (days: number) => new Date(now - days * DAY);
const never = new AbortController().signal;

let app: CoreApp;
beforeAll(async () => {
  app = await bootCore();
}, 120_000);
afterAll(() => discard(app));

const jobs = () => app.strapi.db.query(JOB);
const ledger = () => app.strapi.db.query(LEDGER);

it('prunes jobs that ended long ago, over many pages, but for the newest of each asset', async () => {
  const assets = 1200;
  const first = await addManyJobs(app.strapi, {
    count: assets,
    // Many of one moment, as an update of all writes them.
    job: (index) => ({ state: 'done', updatedAt: index % 2 ? ago(40) : ago(50) }),
  });
  const template = (await jobs().findOne({ where: { fileId: first } })) as JobRow;
  const { id: _id, ...columns } = template;
  const add = async (fileId: number, changes: Partial<JobRow> & { updatedAt: Date }) =>
    ((await jobs().create({ data: { ...columns, fileId, ...changes } })) as JobRow).id;
  // Newer jobs of every other asset, one of them young, one alive.
  for (let index = 0; index < assets; index += 2) await add(first + index, { state: 'failed', updatedAt: ago(35) });
  const young = await add(first, { state: 'skipped', updatedAt: ago(1) });
  const held = await add(first, { state: 'held', updatedAt: ago(90) });
  const queued = await add(first, { state: 'queued', updatedAt: ago(90) });
  const run = { request: {}, plan: {}, createdAt: ago(60), updatedAt: ago(60) };
  const runs = app.strapi.db.query(BULK_RUN);
  const [paused, over] = [
    (await runs.create({ data: { ...run, state: 'paused' } })) as { id: number },
    (await runs.create({ data: { ...run, state: 'done' } })) as { id: number },
  ];
  const counted = await add(first, { state: 'done', bulk: paused.id, updatedAt: ago(55) });
  await add(first, { state: 'done', bulk: over.id, updatedAt: ago(55) });
  const newest = await add(first, { state: 'cancelled', updatedAt: ago(80) });

  expect(await pruneJobs(app.strapi, ago(30), never)).toBe(assets / 2 + 2);
  expect(await jobs().count()).toBe(assets + 4);
  const left = (await jobs().findMany({ where: { fileId: first }, orderBy: { id: 'asc' } })) as JobRow[];
  expect(left.map(({ id }) => id)).toEqual([young, held, queued, counted, newest]);
  expect(await pruneJobs(app.strapi, ago(30), never)).toBe(0);
});

it('stops when another node has its turn', async () => {
  const stopped = AbortSignal.abort(new Error('lost'));
  await expect(pruneJobs(app.strapi, ago(0), stopped)).rejects.toThrow('lost');
});

it('prunes settled ledger rows, none with a claim, of the window under way, reserved or held', async () => {
  const kept: number[] = [];
  const add = async (keep: boolean, changes: Partial<LedgerRow> & { updatedAt: Date }) => {
    const plain = { engine: 'local', source: 'upload', credits: 0, outcome: 'free', sourceHash: 'x', model: 'm' };
    const { id } = (await ledger().create({ data: { ...plain, ...changes } })) as LedgerRow;
    if (keep) kept.push(id);
  };
  for (let index = 0; index < 700; index += 1) await add(false, { updatedAt: ago(500) });
  await add(false, { engine: 'remote', outcome: 'charged', credits: 1, updatedAt: ago(500) });
  await add(true, { engine: 'remote', outcome: 'charged', credits: 1, claim: 'remote:a', updatedAt: ago(500) });
  await add(true, { engine: 'remote', outcome: 'unknown', credits: 1, claim: 'remote:b', updatedAt: ago(500) });
  await add(true, { engine: 'remote', outcome: 'reserved', credits: 1, claim: 'remote:c', updatedAt: ago(500) });
  await add(true, { engine: 'remote', outcome: 'held', credits: 9, bulk: '1', updatedAt: ago(500) });
  await add(true, { updatedAt: ago(300) });
  const windows = (startsAt: number) => ({
    current: async () => ({ startsAt, endsAt: startsAt + 30 * DAY, synced: true, projected: false }),
  });
  expect(await pruneLedger(app.strapi, windows(now - 600 * DAY), ago(400), never)).toBe(0);
  expect(await pruneLedger(app.strapi, windows(now - 5 * DAY), ago(400), never)).toBe(701);
  const left = (await ledger().findMany({ orderBy: { id: 'asc' } })) as LedgerRow[];
  expect(left.map(({ id }) => id)).toEqual(kept);
});
