import { createJobStore, type JobStore } from '../../server/src/jobs/store';
import { createWaiting } from '../../server/src/jobs/waiting';
import { type Written, writtenSince } from '../../server/src/jobs/written';
import { bootCore, type CoreApp, removeData } from '../support/core';
import { addManyJobs, takeStatistics } from '../support/many-jobs';
import { rowsRead, statementsOf } from '../support/rows-read';

/** More than any look of the queue needs, and less than a hundredth of the rows that are there. */
const FEW = 250;
const DUE = 12_000;
const WAITING = 12_000;
const ENDED = 6_000;

describe('the claim among tens of thousands of jobs', () => {
  let app: CoreApp;
  let store: JobStore;
  let first: number;
  beforeAll(async () => {
    app = await bootCore();
    store = createJobStore(app.strapi, Date.now);
    // Uploads that wait for the next minutes or days go before the bulk run's by priority.
    const in10Minutes = (index: number) => new Date(Date.now() + 60_000 + index * 40);
    await addManyJobs(app.strapi, {
      count: WAITING,
      job: (index) => ({
        ...{ priority: 10, reasonCode: 'budget.reached', engine: index % 2 ? 'remote' : 'auto' },
        ...{ runAt: in10Minutes(index), turnAt: in10Minutes(index) },
      }),
    });
    first = await addManyJobs(app.strapi, { count: DUE });
    await addManyJobs(app.strapi, { count: ENDED, job: () => ({ state: 'done', finishedAt: new Date() }) });
    await takeStatistics(app.strapi);
  }, 240_000);
  afterAll(async () => {
    await app.stop();
    removeData(app);
  });

  /** What the statements of `work` read in all; SQLite does not count, but tells where it goes over a whole table. */
  async function readsOf(work: () => Promise<unknown>): Promise<number> {
    const selects = (await statementsOf(app.strapi, work)).filter(({ sql }) => /^select/i.test(sql));
    expect(selects.length).toBeGreaterThan(0);
    let read = 0;
    for (const statement of selects) {
      if (app.strapi.db.dialect.client === 'sqlite') {
        const { sql, bindings } = statement;
        const plan = (await app.strapi.db.connection.raw(
          `explain query plan ${sql}`,
          bindings as never,
        )) as unknown as {
          detail: string;
        }[];
        expect(
          plan.map(({ detail }) => detail).filter((detail) => /^SCAN cutout_jobs|TEMP B-TREE/.test(detail)),
        ).toEqual([]);
      }
      if (!/ for (no key )?update/i.test(statement.sql)) read += (await rowsRead(app.strapi, statement)) ?? 0;
    }
    return read;
  }

  it('reads a few rows for a claim, whatever waits or has ended', async () => {
    let fileId: number | undefined;
    const read = await readsOf(async () => {
      fileId = (await store.claim(60_000))?.fileId;
    });
    expect(fileId).toBe(first);
    expect(read).toBeLessThan(FEW);
  });

  it('reads a few rows for a claim of a process that can do one engine alone', async () => {
    expect(await readsOf(() => store.claim(60_000, [], ['remote']))).toBeLessThan(FEW);
  });

  it('reads a few rows to see what changed', async () => {
    const pages: Written[][] = [];
    const read = await readsOf(async () => {
      for await (const page of writtenSince(app.strapi, Date.now() + 60_000)) pages.push(page);
    });
    expect(pages).toEqual([]);
    expect(read).toBeLessThan(FEW);
  });

  it('reads a few rows to see what is waited for, and whether a costly job lets others pass', async () => {
    const waiting = createWaiting(app.strapi, Date.now);
    expect(await readsOf(() => waiting.codes())).toBeLessThan(FEW);
    expect(await waiting.codes()).toEqual(new Set(['budget.reached']));
    const job = (await store.claim(60_000))!;
    expect(await readsOf(() => store.letPass(job, 60_000))).toBeLessThan(FEW);
  });
});
