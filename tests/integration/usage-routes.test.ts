import type { z } from 'zod';
import { callResponse, callsResponse, usageResponse } from '../../server/src/api/contracts';
import { JOB, type JobRow } from '../../server/src/tables/jobs';
import { LEDGER, type LedgerRow } from '../../server/src/tables/ledger';
import type { Session } from '../../scripts/lib/client';
import { type RembgServer, startRembgServer } from '../rembg-server/server';
import { bootCore, type CoreApp, discard, holdJobs, listen } from '../support/core';
import { addManyJobs, takeStatistics } from '../support/many-jobs';
import { addUser, grants } from '../support/roles';
import { rowsRead, statementsOf } from '../support/rows-read';

/** The credits page's routes: periods, days, paid calls, settling by hand, the export; and what they read of a big ledger. */

const DAY = 86_400_000;
const now = Date.now();
const today = Math.floor(now / DAY) * DAY;
/** The running cycle began ten days ago, the one before it thirty days earlier. */
const start = today - 10 * DAY;
const earlier = start - 30 * DAY;
const at = (days: number, ms = 0) => new Date(start + days * DAY + ms);

let server: RembgServer;
let app: CoreApp;
let admin: Session;
let viewer: Session;
let spender: Session;

beforeAll(async () => {
  server = await startRembgServer();
  const apiKey = server.accounts.addKey({ included: 500, prepaid: 40, periodStartUnix: start / 1000 });
  server.accounts.find(apiKey)!.cycles.set(earlier / 1000, { app: 7, api: 9 });
  server.accounts.useApp(apiKey, 20);
  const { apiUrl, accountUrl } = server;
  app = await bootCore({ config: { remote: { apiKey, apiUrl, accountUrl, budget: { credits: 100 } } } });
  admin = await listen(app);
  holdJobs(app);
  const see = ['plugin::cutout.read', 'plugin::cutout.usage.read'];
  viewer = await addUser(admin, 'viewer', grants(see));
  spender = await addUser(admin, 'spender', grants(['plugin::cutout.read', 'plugin::cutout.pay']));
  await addManyJobs(app.strapi, {
    count: 7,
    job: (index) => ({
      ...{ state: index < 5 ? 'queued' : 'held', sourceHash: `held-${index}`, runAt: new Date(now + DAY) },
      reasonCode: index < 5 ? 'budget.reached' : 'remote.outcome-unknown',
    }),
  });
}, 240_000);
afterAll(async () => {
  await discard(app);
  await server.stop();
}, 60_000);

const rows = () => app.strapi.db.query(LEDGER);
let serial = 0;
const entry = (data: Partial<LedgerRow>): Partial<LedgerRow> => {
  serial += 1;
  const time = data.updatedAt ?? at(1);
  const work = { engine: 'remote', source: 'upload', model: 'rembg', fileId: 1, jobId: 1000 + serial } as const;
  return {
    ...work,
    sourceHash: `s${serial}`,
    credits: 1,
    outcome: 'charged',
    createdAt: time,
    updatedAt: time,
    ...data,
  };
};
beforeEach(async () => {
  await rows().deleteMany({});
});

async function ask({ url, jwt }: Session, method: string, route: string, json?: unknown) {
  const headers = { authorization: `Bearer ${jwt}`, ...(json ? { 'content-type': 'application/json' } : {}) };
  const response = await fetch(`${url}/cutout/${route}`, {
    method,
    headers,
    ...(json ? { body: JSON.stringify(json) } : {}),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text };
}
async function read<S extends z.ZodType>(schema: S, route: string, who = viewer): Promise<z.output<S>> {
  const { text } = await ask(who, 'GET', route);
  const parsed = schema.parse(JSON.parse(text));
  expect(parsed).toEqual(JSON.parse(text));
  return parsed;
}
const usage = async (query = '') => (await read(usageResponse, `usage${query}`)).data;

describe('the figures', () => {
  it('are the running cycle’s, by UTC day, engine and source', async () => {
    await rows().createMany({
      data: [
        entry({ updatedAt: at(0) }),
        entry({ updatedAt: at(1, -1), source: 'bulk' }),
        entry({ updatedAt: at(1), outcome: 'unknown' }),
        entry({ updatedAt: at(1, 5), engine: 'local', outcome: 'free', credits: 0, reason: 'local' }),
        entry({ updatedAt: at(1, 6), outcome: 'free', credits: 0, reason: 'stored-matte' }),
        // Came to nothing, and of another cycle.
        entry({ updatedAt: at(1, 7), outcome: 'free', credits: 0, reason: 'remote.unreachable' }),
        entry({ updatedAt: at(0, -1) }),
      ],
    });
    const { days, ledger, period, configured, budget } = await usage('?ask=1');
    const day = (days: number) => at(days).toISOString().slice(0, 10);
    expect(days).toEqual([
      { day: day(0), made: 'remote', source: 'bulk', pictures: 1, credits: 1 },
      { day: day(0), made: 'remote', source: 'upload', pictures: 1, credits: 1 },
      { day: day(1), made: 'local', source: 'upload', pictures: 1, credits: 0 },
      { day: day(1), made: 'remote', source: 'upload', pictures: 1, credits: 1 },
      { day: day(1), made: 'stored', source: 'upload', pictures: 1, credits: 0 },
    ]);
    expect(ledger).toEqual({ charged: 2, unknown: 1, reserved: 0, held: 0 });
    expect(period).toMatchObject({ kind: 'cycle', isCurrent: true, startsAt: at(0).toISOString() });
    expect({ configured, spent: budget.spent }).toEqual({ configured: true, spent: 3 });
  });

  it('are those of a cycle from the account’s list, or of a calendar month, as it is asked', async () => {
    await rows().createMany({ data: [entry({ updatedAt: at(-2) }), entry({ updatedAt: at(-1) }), entry({})] });
    const { cycles } = await usage('?ask=1');
    expect(cycles.map(({ periodStartUnix, isCurrent }) => [periodStartUnix, isCurrent])).toEqual([
      [start / 1000, true],
      [earlier / 1000, false],
    ]);
    const past = await usage(`?ask=1&periodStartUnix=${earlier / 1000}`);
    expect(past.period).toMatchObject({ kind: 'cycle', isCurrent: false, endsAt: at(0).toISOString() });
    expect(past.ledger.charged).toBe(2);
    expect(past.periodUse).toEqual({ appUsage: 7, apiUsage: 9, includedCredits: 500, synced: true });
    // The account's balance and this Strapi's budget stay those of this moment.
    expect(past.account).toMatchObject({ spendable: 520 });
    expect(past.budget.spent).toBe(1);

    const date = new Date(now);
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + 1];
    const calendar = await usage(`?ask=1&year=${year}&month=${month}`);
    expect(calendar.period).toMatchObject({ kind: 'month', isCurrent: false });
    expect(calendar.period.startsAt).toBe(new Date(Date.UTC(year, month - 1)).toISOString());
    expect(calendar.periodUse).toMatchObject({ appUsage: 20, apiUsage: 0, includedCredits: null });
    expect((await usage('?year=2001&month=2')).ledger.charged).toBe(0);
  });

  it.each(['periodStartUnix=1&month=2', 'month=13', 'year=x', 'periodStartUnix=-1', 'ask=maybe'])(
    'are refused for a wrong question: %s',
    async (query) => {
      expect((await ask(viewer, 'GET', `usage?${query}`)).status).toBe(400);
      expect((await ask(viewer, 'GET', `usage/export?${query}`)).status).toBe(400);
    },
  );

  it('tell how many images wait, and for what', async () => {
    const { waiting } = await usage();
    expect(waiting).toContainEqual({ state: 'waiting', code: 'budget.reached', count: 5 });
    expect(waiting).toContainEqual({ state: 'held', code: 'remote.outcome-unknown', count: 2 });
  });

  it('do not wait for an account service that hangs for minutes', async () => {
    server.setAccountHost('silent');
    try {
      const asking = usage('?ask=1&periodStartUnix=1000000000');
      const began = Date.now();
      const known = await usage();
      expect(Date.now() - began).toBeLessThan(1500);
      expect(known.ledger.charged).toBe(0);
      await asking;
      expect(Date.now() - began).toBeLessThan(8000);
    } finally {
      server.setAccountHost('up');
    }
  }, 20_000);
});

describe('a paid call', () => {
  const settle = (who: Session, id: number, charged: boolean) =>
    ask(who, 'POST', `usage/calls/${id}/settle`, { charged });
  const unknownCall = async (data: Partial<LedgerRow> = {}) =>
    (await rows().create({
      data: entry({ outcome: 'unknown', reason: 'remote.timeout', claim: `remote:${serial}`, ...data }),
    })) as LedgerRow;
  const rowOf = async (id: number) => (await rows().findOne({ where: { id } })) as LedgerRow;

  it('is listed, the newest hundred page by page; the name of its file for those alone who may see files', async () => {
    await rows().createMany({ data: Array.from({ length: 70 }, (_, i) => entry({ updatedAt: at(2, i) })) });
    await rows().createMany({
      data: Array.from({ length: 70 }, (_, i) => entry({ updatedAt: at(1, i), outcome: 'unknown' })),
    });
    const first = await read(callsResponse, 'usage/calls?pageSize=40', admin);
    const last = await read(callsResponse, 'usage/calls?pageSize=40&page=3');
    expect(first.meta.total).toBe(100);
    expect([first.data[0]?.endedAt, last.data.length]).toEqual([at(2, 69).toISOString(), 20]);
    expect(last.data.at(-1)?.endedAt).toBe(at(1, 40).toISOString());
    expect([first.data[0]?.fileName, last.data[0]?.fileName]).toEqual(['1.jpg', null]);
    expect((await read(callsResponse, 'usage/calls?outcome=unknown')).meta.total).toBe(70);
    expect((await usage()).unknownCalls).toBe(70);
  });

  it('that nobody knows the outcome of is settled as not charged: its credit comes back and its images go on', async () => {
    const { id, updatedAt } = await unknownCall({ sourceHash: 'held-5' });
    const answer = await settle(admin, id, false);
    expect(answer.status).toBe(200);
    expect(callResponse.parse(JSON.parse(answer.text)).data).toMatchObject({ outcome: 'free', credits: 0 });
    const row = await rowOf(id);
    expect(row).toMatchObject({ outcome: 'free', credits: 0, claim: null, settledReason: 'remote.timeout' });
    expect(row.settledBy).toMatch(/\(\d+\)$/);
    expect(new Date(row.settledAt!).getTime()).toBeGreaterThan(now - 1000);
    expect(new Date(row.updatedAt)).toEqual(new Date(updatedAt));
    expect((await usage()).budget.spent).toBe(0);
    const jobs = (await app.strapi.db.query(JOB).findMany({ where: { sourceHash: 'held-5' } })) as JobRow[];
    expect(jobs.map(({ state }) => state)).toEqual(['queued']);
  });

  it('is settled as charged: it stays counted in its own cycle, and its bytes are not sent again by themselves', async () => {
    const call = await unknownCall({ updatedAt: at(-3), sourceHash: 'held-6' });
    expect((await settle(admin, call.id, true)).status).toBe(200);
    const row = await rowOf(call.id);
    expect(row).toMatchObject({ outcome: 'charged', credits: 1, claim: call.claim, reason: 'remote.picture-lost' });
    expect(new Date(row.updatedAt)).toEqual(at(-3));
    const jobs = (await app.strapi.db.query(JOB).findMany({ where: { sourceHash: 'held-6' } })) as JobRow[];
    expect(jobs.map(({ state }) => state)).toEqual(['held']);
  });

  it('is settled once: the same again changes nothing, the opposite is refused', async () => {
    const { id } = await unknownCall();
    await settle(admin, id, true);
    const once = await rowOf(id);
    expect((await settle(admin, id, true)).status).toBe(200);
    const other = await settle(admin, id, false);
    expect([other.status, JSON.parse(other.text).error.details.code]).toEqual([409, 'ledger.state']);
    expect(await rowOf(id)).toEqual(once);
    expect((await settle(admin, 999_999, true)).status).toBe(404);
    expect((await settle(admin, 0, true)).status).toBe(400);
    expect((await ask(admin, 'POST', `usage/calls/${id}/settle`, { charged: 'yes' })).status).toBe(400);
  });

  it('is settled by one of two who say different things at once', async () => {
    const { id } = await unknownCall();
    const answers = await Promise.all([settle(admin, id, true), settle(admin, id, false)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it('is seen by those who may see credits, and settled by those who may spend them too', async () => {
    const { id } = await unknownCall();
    const statuses = await Promise.all([settle(viewer, id, true), settle(spender, id, true)]);
    expect(statuses.map(({ status }) => status)).toEqual([403, 403]);
    expect((await rowOf(id)).outcome).toBe('unknown');
    for (const route of ['usage', 'usage/calls', 'usage/export']) {
      expect((await ask(spender, 'GET', route)).status).toBe(403);
      expect((await ask(viewer, 'GET', route)).status).toBe(200);
    }
  });
});

describe('the export', () => {
  it('has each entry of the period once, in order of time, and nothing that a spreadsheet takes for a formula', async () => {
    const many = Array.from({ length: 1203 }, (_, i) => entry({ updatedAt: at(1, i >> 2), source: 'bulk' }));
    await rows().createMany({
      data: [...many, entry({ updatedAt: at(-1) }), entry({ outcome: 'held', updatedAt: at(2) })],
    });
    const { id } = (await rows().create({
      data: entry({ updatedAt: at(3), settledBy: '=HYPERLINK("x"), Ada (1)', settledAt: at(4), settledReason: '+1' }),
    })) as LedgerRow;
    const { text, headers } = await ask(viewer, 'GET', 'usage/export');
    expect(headers.get('content-type')).toContain('text/csv');
    expect(headers.get('content-disposition')).toContain(`cutout-${at(0).toISOString().slice(0, 10)}.csv`);
    const lines = text.trimEnd().split('\r\n');
    expect(lines[0]).toMatch(/^id,ended_at,created_at,engine,model,source,outcome,credits,reason,/);
    expect(lines).toHaveLength(1 + many.length + 1);
    const ids = lines.slice(1).map((line) => line.split(',')[0]);
    expect(new Set(ids).size).toBe(ids.length);
    const ends = lines.slice(1).map((line) => line.split(',')[1]!);
    expect(ends).toEqual([...ends].sort());
    expect(ends[0]).toBe(at(1).toISOString());
    expect(lines.at(-1)).toContain(`${id},${at(3).toISOString()},`);
    expect(lines.at(-1)).toContain(`"'=HYPERLINK(""x""), Ada (1)",${at(4).toISOString()},'+1`);
    const past = await ask(viewer, 'GET', `usage/export?periodStartUnix=${earlier / 1000}`);
    expect(past.text.trimEnd().split('\r\n')).toHaveLength(2);
  });
});

describe('a ledger with many entries of other cycles', () => {
  const OLD = 30_000;
  const FEW = 2500;

  it('is read by index: as many statements, and few rows, however many entries there are', async () => {
    const batch = 500;
    const old = (index: number) =>
      entry({
        updatedAt: new Date(earlier - index * 60_000),
        ...(index % 3 === 0 ? { outcome: 'free', credits: 0, reason: index % 2 ? 'local' : 'stored-matte' } : {}),
      });
    for (let done = 0; done < OLD; done += batch) {
      await rows().createMany({ data: Array.from({ length: batch }, (_, index) => old(done + index)) });
    }
    await rows().createMany({ data: Array.from({ length: 60 }, (_, i) => entry({ updatedAt: at(1, i) })) });
    await rows().createMany({
      data: Array.from({ length: 60 }, (_, i) =>
        entry({ updatedAt: at(2, i), outcome: 'free', reason: 'stored-matte' }),
      ),
    });
    await takeStatistics(app.strapi);
    const { client } = app.strapi.db.dialect;
    const statistics = { postgres: 'vacuum analyze cutout_ledger', mysql: 'analyze table cutout_ledger' };
    await app.strapi.db.connection.raw(statistics[client as keyof typeof statistics] ?? 'analyze');

    for (const route of ['usage', 'usage?ask=1', 'usage/calls', 'usage/calls?outcome=unknown']) {
      const sent = await statementsOf(app.strapi, () => ask(viewer, 'GET', route));
      const ofLedger = sent.filter(({ sql }) => /^select/i.test(sql) && sql.includes('cutout_ledger'));
      expect(ofLedger.length).toBeGreaterThan(0);
      expect(ofLedger.length).toBeLessThan(40);
      let count = 0;
      for (const statement of ofLedger) {
        if (client === 'sqlite') {
          const plan = (await app.strapi.db.connection.raw(
            `explain query plan ${statement.sql}`,
            statement.bindings as never,
          )) as unknown as { detail: string }[];
          expect(
            plan.map(({ detail }) => detail).filter((detail) => /^SCAN (cutout_ledger|t0|paid)/.test(detail)),
          ).toEqual([]);
        }
        count += (await rowsRead(app.strapi, statement)) ?? 0;
      }
      expect({ route, isFew: count < FEW, count: count < FEW ? 0 : count }).toEqual({ route, isFew: true, count: 0 });
    }
  }, 120_000);
});
