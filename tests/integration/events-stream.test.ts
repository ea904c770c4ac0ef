import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { request, type Session } from '../../scripts/lib/client';
import paths from '../../scripts/lib/paths';
import { jobView } from '../../server/src/api/content/contracts';
import { MOST_WAITING } from '../../server/src/api/stream/stream';
import { streamsOf } from '../../server/src/api/stream/streams';
import { createJobChanges } from '../../server/src/jobs/changes';
import type { JobChange } from '../../server/src/jobs/told';
import { JOB, type JobRow } from '../../server/src/tables/jobs';
import { type CoreApp, holdJobs, idle, removeData, upload } from '../support/core';
import { type EventStream, openEvents, type OpenStreamOptions } from '../support/event-stream';
import { addManyJobs } from '../support/many-jobs';
import { startQuickApp } from '../support/quick-app';
import { disc } from '../support/quick-model';
import { statementsOf } from '../support/rows-read';
import { tokenOf } from '../support/tokens';
import { until } from '../support/until';

/** `GET /api/cutout/events` of a running app. */

const FILE = 'plugin::upload.file';
const ENDED = ['done', 'failed', 'skipped', 'cancelled'];
/** Longer than a look at the table takes to come. */
const SOME_LOOKS_MS = 3000;
/** Of all other reasons the watch sends a job ahead, which is told too. */
const UNWATCHED = 'remote.in-flight';
let app: CoreApp;
let session: Session;
let seed = 0;
let open: EventStream[] = [];
beforeAll(async () => {
  ({ app, session } = await startQuickApp());
}, 180_000);
afterAll(async () => {
  if (!stopped) await app.stop();
  removeData(app);
});
let stopped = false;

const listen = async (options: Partial<OpenStreamOptions> = {}) => {
  const stream = await openEvents(session.url, { bearer: session.token, ...options });
  open.push(stream);
  return stream;
};
const nobodyListens = () =>
  until('nobody listens', () => app.cutout.changes.listeners() === 0 && streamsOf(app.strapi).count() === 0);
afterEach(async () => {
  for (const stream of open) stream.abort();
  open = [];
  if (!stopped) await nobodyListens();
});

const add = async () =>
  upload(session, { name: `disc-${(seed += 1)}.jpg`, bytes: await disc(seed), type: 'image/jpeg' });
const call = (method: string, route: string, json?: object) =>
  request(session.url, method, `/api/cutout${route}`, { bearer: session.token, ...(json ? { json } : {}) });
const jobs = () => app.strapi.db.query(JOB);
const now = () => app.cutout.clock.now();
/** A job that nobody runs, as any process might have written it. */
async function addRow(row: Partial<JobRow> = {}): Promise<JobRow> {
  const later = new Date(Date.now() + 1e8);
  const fileId = await addManyJobs(app.strapi, {
    count: 1,
    job: () => ({ runAt: later, turnAt: later, updatedAt: new Date(now()), ...row }),
  });
  return (await jobs().findOne({ where: { fileId } })) as JobRow;
}
const write = (id: number, data: Partial<JobRow>) =>
  jobs().update({ where: { id }, data: { updatedAt: new Date(now()), ...data } });
const told = (stream: EventStream, id: number, ...states: string[]) =>
  until(`it is told: ${states.join()}`, () => stream.statesOf(id).join() === states.join() && (true as const));

describe('a client', () => {
  it('is told what becomes of a job, as `GET /jobs/:id` tells it, in an answer that nothing holds back', async () => {
    const stream = await listen();
    expect(stream.status).toBe(200);
    expect(stream.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(stream.headers['cache-control']).toBe('no-store, no-transform');
    expect(stream.headers['x-accel-buffering']).toBe('no');
    expect(stream.headers['content-encoding']).toBeUndefined();
    expect(stream.text()).toMatch(/^retry: \d+\n\n/);
    const goOn = holdJobs(app);
    const { id: fileId } = await add();
    const { data } = await call('POST', `/files/${fileId}/process`, { wait: 0 });
    await told(stream, data.job.id, 'queued');
    goOn();
    await until('its end is told', () => stream.statesOf(data.job.id).at(-1) === 'done');
    const last = stream.events.at(-1)!;
    expect(last.event).toBe('job');
    expect(jobView.parse(last.data)).toEqual((await call('GET', `/jobs/${data.job.id}`)).data);
    await until('what was told has its id', () => stream.confirmed() === stream.events.length);
  });

  it('is told each state', async () => {
    const stream = await listen();
    const { id } = await addRow();
    await told(stream, id, 'queued');
    const passing = { reasonCode: UNWATCHED, reasonMessage: 'Another job pays.' };
    const states: Partial<JobRow>[] = [
      { state: 'running', attempts: 1 },
      { state: 'queued', ...passing },
      { state: 'held' },
      { state: 'failed' },
      { state: 'skipped' },
      { state: 'cancelled' },
      { state: 'done', reasonCode: null, reasonMessage: null },
    ];
    const heard = ['queued'];
    for (const data of states) {
      await write(id, data);
      await told(stream, id, ...heard.concat(data.state!));
      heard.push(data.state!);
    }
    const [, , waits] = stream.events.map(({ data }) => data as { reason: object; retryAt: string });
    expect(waits).toMatchObject({ reason: { code: passing.reasonCode }, retryAt: expect.stringMatching(/Z$/) });
  });

  it('is told how far a transfer is, and nothing of a lease that is renewed', async () => {
    const stream = await listen();
    const { id, fileId } = await addRow({ state: 'running' });
    await told(stream, id, 'running');
    for (const progress of [0.25, 0.5]) {
      await write(id, { progress: { phase: 'upload', loaded: 1, total: 2, progress } });
      await until('it is told', () => stream.events.at(-1)?.data.progress === progress);
    }
    await write(id, { leaseUntil: new Date(now() + 60_000) });
    await sleep(SOME_LOOKS_MS);
    expect(stream.events.slice(1)).toEqual([
      { event: 'progress', data: { id, fileId, progress: 0.25 } },
      { event: 'progress', data: { id, fileId, progress: 0.5 } },
    ]);
  });

  it('is told once of what a transaction wrote long before it ended', async () => {
    const stream = await listen();
    const [late, later] = [await addRow(), await addRow()];
    await told(stream, later.id, 'queued');
    await write(later.id, { state: 'done' });
    await told(stream, later.id, 'queued', 'done');
    await write(late.id, { state: 'done', updatedAt: new Date(now() - 8000) });
    await told(stream, late.id, 'queued', 'done');
    await sleep(SOME_LOOKS_MS);
    expect(stream.events).toHaveLength(4);
  });

  it('is told on when the clock of the database was turned back', async () => {
    let ahead = 3_600_000;
    const heard: JobChange[] = [];
    const changes = createJobChanges(app.strapi, () => now() + ahead);
    const listener = { changed: (told: readonly JobChange[]) => void heard.push(...told), looked: () => undefined };
    const { leave } = await changes.follow(listener, { since: null, fileIds: null });
    try {
      ahead = 0;
      const { id } = await addRow();
      await until('it is told', () => heard.some(({ row }) => row.id === id));
    } finally {
      leave();
    }
  });
});

it('is read as the documentation shows', async () => {
  const page = readFileSync(path.join(paths.root, 'docs/rest.md'), 'utf8');
  const [, source] = /```js\n(async function\* jobEvents[\s\S]*?\n})\n/.exec(page)!;
  type Read = (url: string, token: string) => AsyncGenerator<Record<string, string>>;
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the page's own text is what is tested
  const jobEvents = new Function(`return ${source}`)() as Read;
  const blocks: Record<string, string>[] = [];
  let row: JobRow | undefined;
  for await (const block of jobEvents(`${session.url}/api/cutout/events`, session.token)) {
    blocks.push(block);
    if (block.id) row ??= await addRow();
    if (block.event && block.id === undefined && row) break;
  }
  expect(JSON.parse(blocks.at(-1)!.data!)).toMatchObject({ id: row!.id, state: 'queued' });
});

describe('filters', () => {
  it.each([
    (id: number) => `?fileId=${id}`,
    (id: number) => `?filters[fileId]=${id}`,
    (id: number) => `?fileId[$in][0]=${id}&fileId[$in][1]=1`,
  ])('leave other files out, and tell the newest job of theirs first (%s)', async (query) => {
    const [mine, other] = [await addRow({ state: 'done' }), await addRow()];
    const stream = await listen({ query: query(mine.fileId) });
    expect(stream.statesOf(mine.id)).toEqual(['done']);
    await write(other.id, { state: 'done' });
    await write(mine.id, { state: 'failed' });
    await told(stream, mine.id, 'done', 'failed');
    expect(stream.statesOf(other.id)).toEqual([]);
  });

  it('leave other states out; a job that is queued for a reason waits', async () => {
    const [ends, waits] = [
      await listen({ query: '?state=done&state=failed' }),
      await listen({ query: '?filters[state]=waiting' }),
    ];
    const { id } = await addRow();
    await write(id, { reasonCode: UNWATCHED, reasonMessage: 'Another job pays.' });
    await told(waits, id, 'queued');
    await write(id, { state: 'failed' });
    await told(ends, id, 'failed');
    expect(waits.events).toHaveLength(1);
  });

  it.each(['?state=ready', '?fileId=x', '?jobId=1'])('refuse %s', async (query) => {
    const { status } = await listen({ query });
    expect(status).toBe(400);
  });
});

describe('a client that comes back', () => {
  it('is told what changed since, once, and not what it was told before', async () => {
    const [before, meanwhile, both] = [await addRow(), await addRow(), await addRow()];
    const first = await listen();
    await write(before.id, { state: 'done' });
    await write(both.id, { state: 'running' });
    await told(first, before.id, 'done');
    await told(first, both.id, 'running');
    await until('that has its id', () => first.confirmed() === first.events.length);
    first.abort();
    await nobodyListens();
    await write(meanwhile.id, { state: 'failed' });
    await write(both.id, { state: 'done' });

    const again = await listen({ lastEventId: first.lastId() });
    expect([again.statesOf(before.id), again.statesOf(meanwhile.id), again.statesOf(both.id)]).toEqual([
      [],
      ['failed'],
      ['done'],
    ]);
    const fresh = await listen();
    await sleep(SOME_LOOKS_MS);
    expect([again.events.length, fresh.events.length]).toEqual([2, 0]);
  });

  it('is told so when it was away for more than is told again', async () => {
    const first = await listen();
    first.abort();
    await nobodyListens();
    await addManyJobs(app.strapi, { count: 1100, job: () => ({ state: 'done', updatedAt: new Date(now()) }) });
    const again = await listen({ lastEventId: first.lastId() });
    expect(again.events).toEqual([{ event: 'missed', data: {} }]);
    const { id } = await addRow();
    await told(again, id, 'queued');
  });

  it('with an id that is none of ours is refused', async () => {
    expect((await listen({ lastEventId: 'nonsense' })).status).toBe(400);
  });

  it('has heard the end of each of 80 jobs once, whether it was cut off or not', async () => {
    await app.strapi.db.query(FILE).deleteMany({});
    const { id } = await add();
    const { id: _id, documentId: _documentId, ...row } = await app.strapi.db.query(FILE).findOne({ where: { id } });
    const data = Array.from({ length: 79 }, (_, index) => ({ ...row, name: `copy-${index}.jpg` }));
    await app.strapi.db.query(FILE).createMany({ data });

    const whole = await listen();
    const parts = [await listen()];
    const run = (
      await request(session.url, 'POST', '/cutout/bulk', { bearer: session.jwt, json: { presets: ['default'] } })
    ).data as { id: number };
    await request(session.url, 'POST', `/cutout/bulk/${run.id}/start`, { bearer: session.jwt });
    const endsOf = (events: EventStream['events']) =>
      events.flatMap((one) => (one.event === 'job' && ENDED.includes(one.data.state) ? one.data.id : []));
    for (const count of [15, 35, 60]) {
      await until(`${count} have ended`, () => endsOf(whole.events).length >= count, 180_000);
      parts.at(-1)!.abort();
      await parts.at(-1)!.ended;
      parts.push(await listen({ lastEventId: parts.at(-1)!.lastId() }));
    }
    await until('all have ended', () => endsOf(whole.events).length >= 80, 180_000);
    await sleep(SOME_LOOKS_MS);
    const all = ((await jobs().findMany({ where: { bulk: run.id } })) as JobRow[]).map((job) => job.id).sort();
    expect(all).toHaveLength(80);
    expect(endsOf(whole.events).sort()).toEqual(all);
    // What came after the last id before a cut comes again.
    const certain = parts.flatMap((part, index) =>
      index < parts.length - 1 ? part.events.slice(0, part.confirmed()) : part.events,
    );
    expect(endsOf(certain).sort()).toEqual(all);
  }, 400_000);
});

describe('what clients cost', () => {
  const looks = async () => {
    const seen = await statementsOf(app.strapi, () => sleep(SOME_LOOKS_MS));
    return seen.filter(({ sql }) => /^select .id., .updated_at. from .*cutout_jobs/.test(sql)).length;
  };

  it('one look at the table a second for all of them, and none when they are gone', async () => {
    await listen();
    const one = await looks();
    expect(one).toBeGreaterThan(0);
    for (let count = 0; count < 8; count += 1) await listen();
    expect(app.cutout.changes.listeners()).toBe(9);
    expect(Math.abs((await looks()) - one)).toBeLessThanOrEqual(1);
    for (const stream of open) stream.abort();
    await nobodyListens();
    // The last one may be under way.
    await sleep(1000);
    expect(await looks()).toBe(0);
  });

  it('as many connections as the settings say, for one caller and in all', async () => {
    const { streams } = app.cutout.config;
    const before = { ...streams };
    Object.assign(streams, { perCaller: 2, connections: 3 });
    const refused = async (bearer: string) => {
      const answer = await fetch(`${session.url}/api/cutout/events`, {
        headers: { authorization: `Bearer ${bearer}` },
      });
      const { error } = (await answer.json()) as { error: { details: { code: string } } };
      return [answer.status, error.details.code, Number(answer.headers.get('retry-after')) > 0];
    };
    try {
      const [second, third] = [
        await tokenOf(session, { type: 'read-only' }),
        await tokenOf(session, { type: 'read-only' }),
      ];
      for (let count = 0; count < 2; count += 1) expect((await listen()).status).toBe(200);
      expect(await refused(session.token)).toEqual([429, 'stream.too-many', true]);
      expect((await listen({ bearer: second })).status).toBe(200);
      expect(await refused(third)).toEqual([503, 'stream.full', true]);
      open[0]!.abort();
      await until('its place is free', () => streamsOf(app.strapi).count() === 2);
      expect((await listen({ bearer: third })).status).toBe(200);
    } finally {
      Object.assign(streams, before);
    }
  });

  it('no more memory than a little for one that does not read; it is cut off', async () => {
    const { hostname, port } = new URL(session.url);
    const socket = connect(Number(port), hostname).pause();
    socket.on('error', () => undefined);
    socket.write(`GET /api/cutout/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${session.token}\r\n\r\n`);
    await until('it is in', () => app.cutout.changes.listeners() === 1);
    const reads = await listen();
    const presets = JSON.stringify(Array.from({ length: 40 }, (_, index) => `${index}`.padEnd(200, 'x')));
    const job = () => ({ state: 'done', presets: presets as never, updatedAt: new Date(now()) }) as const;
    // The system's own buffers hold some megabytes.
    for (let written = 0; app.cutout.changes.listeners() > 1;) {
      await addManyJobs(app.strapi, { count: 100, job });
      written += 100;
      await until('who reads has all', () => reads.events.length === written);
      expect(written).toBeLessThan(5000);
    }
    expect(reads.text().length).toBeGreaterThan(MOST_WAITING);
    socket.destroy();
  });
});

it('ends when the token is taken back; others hear a heartbeat with an id', async () => {
  const token = await tokenOf(session, {
    type: 'custom',
    permissions: ['plugin::cutout.events.find'],
    name: 'revoked',
  });
  const [revoked, other] = [await listen({ bearer: token }), await listen()];
  await app.strapi.db.query('admin::api-token').delete({ where: { name: 'revoked' } });
  await revoked.ended;
  await until('a heartbeat', () => /: beat\nid: \d+\n\n/.test(other.text()));
}, 60_000);

it('does not keep the app from ending', async () => {
  await idle(app);
  const streams = [await listen(), await listen()];
  const at = performance.now();
  stopped = true;
  await app.stop();
  await Promise.all(streams.map(({ ended }) => ended));
  expect(performance.now() - at).toBeLessThan(10_000);
});
