import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { request, type Session } from '../../scripts/lib/client';
import type { CutoutTask } from '../../server/src/pool/contract';
import { MATTE, type MatteRow } from '../../server/src/tables/mattes';
import { bootCore, type CoreApp, holdJobs, idle, listen, removeData, upload } from '../support/core';
import { disc, QUICK, writeQuickModel } from '../support/quick-model';
import { ofAssets, statementsOf } from '../support/rows-read';
import { until } from '../support/until';

/** `GET /api/cutout/files/:id/render` of a running app. */

/** Long enough for a hundred answers of a busy machine. */
const WAIT_MS = 12_000;
jest.setTimeout(120_000);

let folder: string;
let cacheDir: string;
let app: CoreApp;
let session: Session;
let seed = 0;
/** Cutout tasks that the picture children were given. */
let tasks: CutoutTask[] = [];
/** What they wait for before they are given it. */
let gate: Promise<void> = Promise.resolve();

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cutout-render-'));
  cacheDir = path.join(folder, 'renders');
  const { modelsDir } = writeQuickModel(path.join(folder, 'models'));
  const local = { model: QUICK, modelsDir, cacheDir: path.join(folder, 'cache') };
  const presets = { card: { format: 'jpeg', bg_color: '#fff', w: 200 }, thumb: { w: 40, sizes: [20] } };
  const render = { mode: 'options', cacheDir, waitMs: WAIT_MS, maxPixels: 1_000_000, maxAgeS: 300 };
  app = await bootCore({ config: { local, presets, render } });
  session = await listen(app);
  const { pool } = app.cutout;
  const run = pool.run.bind(pool);
  pool.run = async (name, task, options) => {
    if (name === 'cutout') {
      tasks.push(task as CutoutTask);
      await gate;
    }
    return run(name, task, options);
  };
}, 180_000);
afterAll(async () => {
  await app.stop();
  removeData(app);
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => void (tasks = []));

const add = async (options = {}) =>
  upload(session, { name: `disc-${(seed += 1)}.jpg`, bytes: await disc(seed, options), type: 'image/jpeg' });
const processFile = (id: number, json: object = {}) =>
  request(session.url, 'POST', `/api/cutout/files/${id}/process`, {
    bearer: session.token,
    json: { wait: 30, ...json },
  });
const made = async (options = {}): Promise<number> => {
  const { id } = await add(options);
  const { data } = await processFile(id);
  expect(data.status).toBe('ready');
  tasks = [];
  return id;
};
interface Call {
  method?: string;
  bearer?: string | null;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}
const render = (
  id: number | string,
  query: string,
  { method = 'GET', bearer = session.token, headers = {}, signal }: Call = {},
) =>
  fetch(`${session.url}/api/cutout/files/${id}/render?${query}`, {
    method,
    redirect: 'manual',
    headers: { ...headers, ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }) },
    ...(signal ? { signal } : {}),
  });
const etagOf = async (id: number, query: string, call: Call = {}): Promise<string> => {
  const answer = await render(id, query, call);
  expect(answer.status).toBe(200);
  await answer.arrayBuffer();
  return answer.headers.get('etag')!;
};
const errorOf = async (answer: Response) =>
  ((await answer.json()) as { error: { message: string; details: { code: string; issues: { field: string }[] } } })
    .error;
/** Keeps picture tasks from being begun until the function that it returns is called. */
const hold = (): (() => void) => {
  let open!: () => void;
  gate = new Promise((resolve) => (open = resolve));
  return () => {
    open();
    gate = Promise.resolve();
  };
};
const quiet = () => until('nothing is rendered', () => app.cutout.renders.pending() === 0);

describe('a render', () => {
  it('is the picture that a preset makes, in the options that were asked for, without a run of the model', async () => {
    const id = await made();
    const answer = await render(id, 'preset=card&w=90&format=png');
    expect(answer.status).toBe(200);
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-length': String(bytes.length),
      'content-disposition': `inline; filename="disc-${seed}-card.png"`,
      'x-content-type-options': 'nosniff',
      'accept-ranges': 'none',
      etag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
    });
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'png', width: 90, hasAlpha: false });
    expect(tasks).toEqual([expect.objectContaining({ matte: expect.objectContaining({ kind: 'file' }) })]);
    expect(await app.strapi.db.query('plugin::cutout.job').count({ where: { fileId: id } })).toBe(1);
  });

  it('has the pixels of the variant of the same options', async () => {
    const { id } = await add();
    const { data } = await processFile(id, { presets: ['card', 'default'] });
    for (const { preset, url } of data.variants as { preset: string; url: string }[]) {
      const variant = Buffer.from(await (await fetch(session.url + url)).arrayBuffer());
      const rendered = Buffer.from(await (await render(id, `preset=${preset}`)).arrayBuffer());
      expect([preset, rendered.equals(variant)]).toEqual([preset, true]);
    }
  });

  it('is found by documentId, and by any spelling and order of the same options', async () => {
    const id = await made();
    const row = (await app.strapi.db.query('plugin::upload.file').findOne({ where: { id } })) as { documentId: string };
    const etag = await etagOf(id, 'w=64&trim=1&bg_color=%23fff');
    for (const query of ['bg_color=white&trim=true&w=64', 'trim=TRUE&w=64&h=&bg_color=%23FFFFFF&angle=0']) {
      expect(await etagOf(id, query)).toBe(etag);
      expect((await render(row.documentId, query)).headers.get('etag')).toBe(etag);
    }
    expect(await etagOf(id, 'w=65&trim=1&bg_color=%23fff')).not.toBe(etag);
    expect(tasks).toHaveLength(2);
  });

  it('that the caller has is a 304 without a picture task or a stored picture', async () => {
    const id = await made();
    const etag = await etagOf(id, 'w=50');
    rmSync(cacheDir, { recursive: true });
    tasks = [];
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`]) {
      const answer = await render(id, 'w=50', { headers: { 'if-none-match': known } });
      expect([answer.status, (await answer.arrayBuffer()).byteLength]).toEqual([304, 0]);
      expect(answer.headers.get('etag')).toBe(etag);
      expect(answer.headers.get('cache-control')).toBe('private, max-age=300');
      expect(answer.headers.get('content-type')).toBeNull();
    }
    expect((await render(id, 'w=50', { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
    // An ETag that was guessed is good for nothing either.
    expect((await render(id, 'w=51', { headers: { 'if-none-match': etag } })).status).toBe(200);
    expect(tasks).toHaveLength(1);
  });

  it('is made once for a hundred that ask for it at once, and not again', async () => {
    const id = await made();
    const answers = await Promise.all(Array.from({ length: 100 }, () => render(id, 'w=70')));
    const bodies = await Promise.all(answers.map(async (answer) => Buffer.from(await answer.arrayBuffer())));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(bodies.every((body) => body.length > 0 && body.equals(bodies[0]!))).toBe(true);
    expect((await render(id, 'w=70')).status).toBe(200);
    expect(tasks).toHaveLength(1);
  });

  it('that is too large for the memory is read from the disk, again and again', async () => {
    const id = await made({ width: 800, height: 600 });
    const query = 'format=bmp&w=800';
    const bodies: Buffer[] = [];
    for (let at = 0; at < 3; at += 1) bodies.push(Buffer.from(await (await render(id, query)).arrayBuffer()));
    expect(bodies[0]!.length).toBeGreaterThan(800 * 600 * 3);
    expect(bodies.every((body) => body.equals(bodies[0]!))).toBe(true);
    expect(tasks).toHaveLength(1);
  });

  it('answers HEAD with the headers of GET', async () => {
    const id = await made();
    const get = await render(id, 'w=80');
    const head = await render(id, 'w=80', { method: 'HEAD' });
    expect((await head.arrayBuffer()).byteLength).toBe(0);
    for (const name of ['etag', 'content-type', 'content-length', 'cache-control', 'vary', 'content-disposition']) {
      expect([name, head.headers.get(name)]).toEqual([name, get.headers.get(name)]);
    }
    const etag = get.headers.get('etag')!;
    expect((await render(id, 'w=80', { method: 'HEAD', headers: { 'if-none-match': etag } })).status).toBe(304);
  });

  it('leaves no folder behind', async () => {
    const id = await made();
    await Promise.all([20, 21, 22].map((w) => render(id, `w=${w}`)));
    await render(id, 'trim=1&w=1&h=10000&margin=5000&format=png');
    await idle(app);
    const ours = new RegExp(`^cutout-\\w{8}-${process.pid}-`);
    expect(readdirSync(tmpdir()).filter((name) => ours.test(name))).toEqual([]);
    expect(readdirSync(cacheDir).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});

describe('another picture has another ETag', () => {
  it('when the asset is replaced', async () => {
    const id = await made();
    const before = await etagOf(id, 'w=60');
    const goOn = holdJobs(app);
    await upload(session, { name: 'other.jpg', bytes: await disc((seed += 1)), type: 'image/jpeg', replace: id });
    const meanwhile = await Promise.all(
      ['"other"', before].map((known) => render(id, 'w=60', { headers: { 'if-none-match': known } })),
    );
    goOn();
    // Until it is planned again nothing is under way.
    expect(meanwhile.filter(({ status }) => status !== 202 && status !== 404)).toEqual([]);
    await processFile(id);
    const after = await render(id, 'w=60', { headers: { 'if-none-match': before } });
    expect(after.status).toBe(200);
    expect(after.headers.get('etag')).not.toBe(before);
  });

  it('and none is made of a matte of other bytes while a replace is under way', async () => {
    const id = await made();
    const files = app.strapi.db.query('plugin::upload.file');
    const row = (await files.findOne({ where: { id } })) as { url: string };
    writeFileSync(path.join(app.dataDir, 'public', row.url), await disc(900));
    const answer = await render(id, 'w=61');
    expect([answer.status, (await errorOf(answer)).details.code]).toEqual([409, 'job.stale']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answer.headers.get('etag')).toBeNull();
    expect(tasks).toEqual([]);
  });

  it('when a person corrected the matte, and again when that is taken back', async () => {
    const id = await made();
    const { mattes } = app.cutout;
    const before = await etagOf(id, 'w=62&format=png');
    const parent = (await app.strapi.db.query(MATTE).findOne({ orderBy: { id: 'desc' } })) as MatteRow;
    const file = path.join(folder, 'corrected.png');
    const size = { width: 320, height: 240 };
    const white = sharp({ create: { ...size, channels: 3, background: '#ffffff' } }).toColourspace('b-w');
    const { size: bytes } = await white.png().toFile(file);
    await mattes.use(
      await mattes.store({
        parent,
        fileId: id,
        picture: { path: file, ext: '.png', mime: 'image/png', ...size, bytes },
        madeBy: '1',
      }),
    );
    await processFile(id, { force: true });
    const answer = await render(id, 'w=62&format=png');
    expect(answer.headers.get('etag')).not.toBe(before);
    // All of the picture is kept now.
    const { channels } = await sharp(Buffer.from(await answer.arrayBuffer())).stats();
    expect(channels[3]!.min).toBeGreaterThan(250);
    const corrected = answer.headers.get('etag');
    await mattes.takeBack(id);
    await processFile(id, { force: true });
    expect(await etagOf(id, 'w=62&format=png')).not.toBe(corrected);
  });

  it('when the asset of its background is another, or has other bytes', async () => {
    const id = await made();
    const [sky, sea] = [await add(), await add()];
    const before = await etagOf(id, `w=63&bg_image=${sky.id}`);
    expect(await etagOf(id, `w=63&bg_image=${sea.id}`)).not.toBe(before);
    expect(await etagOf(id, `w=63&bg_image=${encodeURIComponent(sky.url)}`)).not.toBe('');
    await upload(session, { name: 'sky.jpg', bytes: await disc((seed += 1)), type: 'image/jpeg', replace: sky.id });
    expect(await etagOf(id, `w=63&bg_image=${sky.id}`)).not.toBe(before);
    for (const missing of ['999999', '9007199254740991', 'nosuch', '%00', 'a'.repeat(24)]) {
      const answer = await render(id, `bg_image=${missing}`);
      expect([missing, answer.status, (await errorOf(answer)).details.code]).toEqual([missing, 400, 'options.invalid']);
    }
  });
});

describe('an asset without a matte', () => {
  it('is a 404, or its original where that is asked for, or a 202 while one is made', async () => {
    const { id, url } = await add();
    const missing = await render(id, 'w=100');
    expect([missing.status, (await errorOf(missing)).details.code]).toEqual([404, 'variant.missing']);
    const original = await render(id, 'w=100&fallback=original');
    expect([original.status, original.headers.get('location')]).toEqual([302, url]);
    expect(original.headers.get('cache-control')).toBe('no-store');
    const goOn = holdJobs(app);
    await processFile(id, { wait: 0 });
    const soon = await render(id, 'w=100&preset=thumb');
    expect(soon.status).toBe(202);
    expect(Number(soon.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(soon.headers.get('cache-control')).toBe('no-store');
    expect(await soon.json()).toMatchObject({ data: { id, preset: 'thumb', status: 'queued' } });
    goOn();
    await idle(app);
    expect((await render(id, 'w=100')).status).toBe(200);
  });

  it.each(['999999', 'a'.repeat(24)])('that is not there (%s) is a 404', async (id) => {
    const answer = await render(id, 'w=100');
    expect([answer.status, (await errorOf(answer)).details.code]).toEqual([404, 'asset.missing']);
    expect((await render('not-an-id', 'w=100')).status).toBe(400);
  });
});

describe('limits', () => {
  it('a result that is too large is refused before anything is made', async () => {
    const id = await made();
    for (const query of [
      'w=1001&h=1000&exact_resize=true',
      'w=10000',
      'w=900&h=900&exact_resize=1&angle=45',
      'margin=5000',
      'margin=200%25&w=1200',
    ]) {
      const answer = await render(id, query);
      expect([query, answer.status]).toEqual([query, 400]);
      expect(await errorOf(answer)).toMatchObject({
        message: expect.stringMatching(/at most 1 megapixels/),
        details: { code: 'options.invalid' },
      });
    }
    expect(tasks).toEqual([]);
  });

  it('one whose size only the subject tells is refused before it is composed', async () => {
    const id = await made();
    const answer = await render(id, 'trim=true&w=1200');
    expect([answer.status, (await errorOf(answer)).details.code]).toEqual([400, 'options.invalid']);
    expect((await render(id, 'trim=true&w=300')).status).toBe(200);
  });

  it('who waits too long is told when to come back, and finds it made then', async () => {
    const id = await made();
    const goOn = hold();
    const first = render(id, 'w=110');
    await until('it has begun', () => tasks.length === 1);
    const answers = await Promise.all([first, render(id, 'w=111')]);
    for (const answer of answers) {
      expect([answer.status, (await errorOf(answer)).details.code]).toEqual([503, 'render.busy']);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(answer.headers.get('etag')).toBeNull();
    }
    goOn();
    await quiet();
    expect(tasks).toHaveLength(1);
    expect((await render(id, 'w=110')).status).toBe(200);
    expect(tasks).toHaveLength(1);
  });

  it('callers who go away leave the line; what has begun is made', async () => {
    const id = await made();
    const goOn = hold();
    const leaving = new AbortController();
    const widths = [120, 121, 122, 123];
    const left = widths.map((w) => render(id, `w=${w}`, { signal: leaving.signal }).catch(() => 'gone'));
    const stays = render(id, 'w=123');
    await until('all are in line', () => app.cutout.renders.pending() === widths.length);
    leaving.abort();
    expect(await Promise.all(left)).toEqual(widths.map(() => 'gone'));
    await until('they are out of it', () => app.cutout.renders.pending() === 2);
    goOn();
    expect((await stays).status).toBe(200);
    await quiet();
    expect(tasks).toHaveLength(2);
  });

  it('a full line answers at once', async () => {
    const id = await made();
    const goOn = hold();
    const answers = await Promise.all(
      Array.from({ length: 210 }, (_, index) => render(id, `w=${300 + index}`, { headers: { connection: 'close' } })),
    );
    goOn();
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    await quiet();
    expect(tasks).toHaveLength(1);
  });
});

describe('the query', () => {
  const hostile = [
    'w=NaN',
    'w=Infinity',
    'w=-1',
    'w=1e400',
    `w=${'9'.repeat(400)}`,
    'w=1&w=2',
    'w[]=1',
    'w[$gt]=1',
    'angle=1e309',
    'quality=9007199254740993',
    'format=svg',
    'format[]=png',
    'bg_color=url(javascript:alert(1))',
    'shadow[offset]=1',
    'shadow[opacity]=NaN',
    'shadow={"__proto__":{"x":1}}',
    'position=51%25%2051%25%201',
    'margin=NaN',
    'sizes=20',
    'sizes[]=20',
    'colour=red',
    'constructor[prototype][w]=1&colour=red',
    'preset=nosuch',
    'preset=__proto__',
    'preset=constructor',
    'preset[]=card',
    'preset=',
    'fallback=https://example.com',
    'fallback[]=original',
    'mask=true&bg_color=red',
    `x=${'y'.repeat(5000)}`,
  ];
  it.each(hostile.map((query) => [query.slice(0, 60), query]))('%s is a 400 with a sentence', async (_title, query) => {
    const answer = await render(1, query);
    expect(answer.status).toBe(400);
    const { message, details } = await errorOf(answer);
    expect(details.code).toBe('options.invalid');
    expect(message.length).toBeLessThan(700);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  it('of prototypes changes nothing', async () => {
    const id = await made();
    const plain = await etagOf(id, 'w=30');
    expect(await etagOf(id, 'w=30&__proto__[h]=10&constructor=1&h[toString]=1')).toBe(plain);
  });

  it('takes shadows as nested fields, and an empty option for none', async () => {
    const id = await made();
    const nested = await etagOf(id, 'w=31&shadow[opacity]=0.5&shadow[offset][x]=3&shadow[offset][y]=4');
    const json = JSON.stringify({ opacity: 0.5, offset: { x: 3, y: 4 } });
    expect(await etagOf(id, `w=31&shadow=${encodeURIComponent(json)}`)).toBe(nested);
    expect(await etagOf(id, 'preset=card&w=&bg_color=&format=')).toBe(await etagOf(id, ''));
  });

  it('of presets alone is all there is where the configuration says so', async () => {
    const id = await made();
    const { render: settings } = app.cutout.config;
    settings.mode = 'presets';
    try {
      expect((await render(id, 'preset=card')).status).toBe(200);
      expect((await render(id, 'preset=thumb&fallback=original')).status).toBe(200);
      for (const query of ['', 'w=10', 'preset=card&w=10', 'preset=card&nosuch=1']) {
        const answer = await render(id, query);
        expect([query, answer.status, (await errorOf(answer)).details.code]).toEqual([query, 400, 'options.invalid']);
      }
      settings.mode = 'off';
      expect((await render(id, 'preset=card')).status).toBe(404);
    } finally {
      settings.mode = 'options';
    }
  });
});

/** Lets the public role render. @returns how to take that back */
async function openToAll(): Promise<() => Promise<unknown>> {
  const { db } = app.strapi;
  const role = (await db.query('plugin::users-permissions.role').findOne({ where: { type: 'public' } })) as {
    id: number;
  };
  const permissions = db.query('plugin::users-permissions.permission');
  const action = 'plugin::cutout.render.findOne';
  await permissions.create({ data: { action, role: role.id } });
  return () => permissions.deleteMany({ where: { action } });
}

describe('who may', () => {
  const tokenOf = async (type: string, permissions?: string[]): Promise<string> => {
    const json = {
      name: `t${(seed += 1)}`,
      description: '',
      type,
      lifespan: null,
      ...(permissions ? { permissions } : {}),
    };
    const { data } = await request(session.url, 'POST', '/admin/api-tokens', { bearer: session.jwt, json });
    return data.accessKey as string;
  };

  it('a read-only token and one that names it, and anybody where the public role may; caches are told', async () => {
    const id = await made();
    const status = async (bearer: string | null) => (await render(id, 'w=33', { bearer })).status;
    expect(await status(await tokenOf('read-only'))).toBe(200);
    expect(await status(await tokenOf('custom', ['plugin::cutout.render.findOne']))).toBe(200);
    expect(await status(await tokenOf('custom', []))).toBe(403);
    expect(await status(null)).toBe(403);
    const close = await openToAll();
    try {
      const open = await render(id, 'w=33', { bearer: null });
      expect(open.headers.get('cache-control')).toBe('public, max-age=300');
      expect(open.headers.get('vary')).toMatch(/\bAuthorization\b/);
      const known = await render(id, 'w=33', { bearer: null, headers: { 'if-none-match': open.headers.get('etag')! } });
      expect([known.status, known.headers.get('cache-control')]).toEqual([304, 'public, max-age=300']);
      const own = await render(id, 'w=33');
      expect(own.headers.get('cache-control')).toBe('private, max-age=300');
      expect(own.headers.get('etag')).toBe(open.headers.get('etag'));
    } finally {
      await close();
    }
  });

  it('anybody is answered again for a second without a look at the database, and not after the right is taken', async () => {
    const id = await made();
    const ask = async () => {
      const answer = await render(id, 'w=34', { bearer: null });
      return { status: answer.status, bytes: Buffer.from(await answer.arrayBuffer()) };
    };
    const close = await openToAll();
    const first = await ask();
    await until('one is answered without it', async () => {
      await ask();
      const statements = await statementsOf(app.strapi, async () => expect(await ask()).toEqual(first));
      return ofAssets(statements).length === 0;
    });
    await close();
    await until('nobody is answered', async () => (await ask()).status === 403);
  });
});

describe('a cache folder that cannot be used', () => {
  afterEach(() => rmSync(cacheDir, { recursive: true, force: true }));

  it('costs time, no answer, and is told of once', async () => {
    const id = await made({ width: 700, height: 500 });
    rmSync(cacheDir, { recursive: true, force: true });
    writeFileSync(cacheDir, 'a file');
    for (const query of ['w=40', 'w=41', 'format=bmp']) {
      const answer = await render(id, query);
      expect([query, answer.status]).toEqual([query, 200]);
      expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(0);
    }
    expect(app.logs.filter((line) => line.includes('render.cacheDir'))).toHaveLength(1);
  });

  it('is made again when somebody deleted it', async () => {
    const id = await made();
    mkdirSync(cacheDir, { recursive: true });
    rmSync(cacheDir, { recursive: true });
    expect((await render(id, 'w=42')).status).toBe(200);
    expect(readdirSync(cacheDir).length).toBeGreaterThan(0);
  });
});

it('a caller who ends in the middle of a large answer leaves no open file', async () => {
  const id = await made({ width: 800, height: 600 });
  const query = 'format=bmp&w=799';
  await (await render(id, query)).arrayBuffer();
  const openFiles = () => readdirSync('/proc/self/fd').length;
  const before = openFiles();
  // Koa prints what a socket says that is closed in the middle.
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
  await Promise.all(
    Array.from(
      { length: 20 },
      () =>
        new Promise<void>((resolve) => {
          const headers = { authorization: `Bearer ${session.token}` };
          const asked = get(
            `${session.url}/api/cutout/files/${id}/render?${query}`,
            { headers, agent: false },
            (answer) => {
              answer.once('data', () => asked.destroy());
              answer.on('error', () => undefined);
              answer.once('close', resolve);
            },
          );
        }),
    ),
  );
  await until('they are closed', () => openFiles() <= before + 2);
  jest.restoreAllMocks();
});
