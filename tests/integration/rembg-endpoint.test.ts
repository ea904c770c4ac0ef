import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import type { Session } from '../../scripts/lib/client';
import { createRembgClient } from '../../server/src/engines/remote';
import { closeRateLimit } from '../../server/src/api/rembg/rate-limit';
import { ownerMark } from '../../server/src/owner-mark';
import { API_DAY, type ApiDayRow } from '../../server/src/tables/api-days';
import { LEDGER } from '../../server/src/tables/ledger';
import { pruneApiDays } from '../../server/src/usage/api-calls';
import { picture } from '../contract/rembg/pictures';
import {
  describeServed,
  post as postTo,
  refused as refusedBy,
  type Sent,
  type Served,
  usage,
} from '../contract/rembg/served';
import { type CoreApp, discard, idle, storedRows, upload } from '../support/core';
import { describeIf } from '../support/needs';
import { startQuickApp } from '../support/quick-app';
import { disc, QUICK } from '../support/quick-model';
import { tokenOf } from '../support/tokens';
import { until } from '../support/until';

/** This plugin as a Rembg service, in a running Strapi with real picture children. */

const run = promisify(execFile);
const hasRequests = () => spawnSync('python3', ['-c', 'import requests'], { timeout: 20_000 }).status === 0;

let app: CoreApp;
let session: Session;
let key: string;
let png: Buffer;

beforeAll(async () => {
  png = await picture();
  ({ app, session } = await startQuickApp({
    rembgApi: {
      enabled: true,
      perMinute: 10_000,
      plan: { membership: 'House', credits: 500, prepaid: 2 },
      cycleDay: 7,
    },
  }));
  key = await tokenOf(session, { type: 'full-access' });
}, 180_000);
afterAll(() => discard(app));

const settings = () => app.cutout.config.rembgApi;
const days = async () => (await app.strapi.db.query(API_DAY).findMany()) as ApiDayRow[];
const served = (): Served => ({
  rmbgUrl: `${session.url}/api/cutout/rmbg`,
  usageUrl: `${session.url}/api/cutout/membership-usage`,
  key,
  plan: { membership: 'House', credits: 500, prepaid: 2 },
  synced: true,
  charged: async () => (await days()).reduce((sum, row) => sum + row.included + row.prepaid, 0),
  async withoutCredits(work) {
    const { plan } = settings();
    settings().plan = { ...plan, credits: 0, prepaid: 0 };
    await work(key).finally(() => (settings().plan = plan));
  },
  async withRate(calls, work) {
    const { perMinute } = settings();
    const set = (value: number | null) => {
      settings().perMinute = value;
      closeRateLimit(app.strapi);
    };
    set(calls);
    await work(key).finally(() => set(perMinute));
  },
});
const post = (sent: Sent = {}) => postTo(served(), { file: png, ...sent });
const refused = (sent: Sent = {}) => refusedBy(served(), { file: png, ...sent });
const withKey = (given: string) => ({ 'x-api-key': given });

/** Folders of this process for pictures, which is what jobs and calls have while they last. */
const workDirs = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`cutout-${ownerMark()}-`));
const nothingLeft = () => until('all folders are gone', () => workDirs().length === 0 && (true as const), 15_000);

afterEach(async () => {
  await nothingLeft();
  expect(await storedRows(app)).toEqual([]);
});

describeServed(served);

describe('the table, through this plugin’s own client', () => {
  it('has rows that it knows', async () => {
    const client = createRembgClient({ apiKey: key, apiUrl: `${session.url}/api/cutout`, accountUrl: session.url });
    try {
      await expect(client.removeBackground({ path: png })).resolves.toMatchObject({ kind: 'webp' });
      const refusal = (options: object, name?: string) =>
        client.removeBackground({ path: png, options, ...(name ? { name } : {}) }).catch((error: unknown) => error);
      expect(await refusal({ w: -5 })).toMatchObject({ code: 'remote.size-too-small', cost: 'free' });
      expect(await refusal({ format: 'gif' })).toMatchObject({ code: 'remote.bad-format' });
      expect(await refusal({}, 'virus.exe')).toMatchObject({ code: 'remote.unsupported-type' });
      expect(await refusal({ mask: true, bg_color: 'red' })).toMatchObject({ code: 'remote.mask-with-color' });
    } finally {
      await client.close();
    }
  });
});

describe('who may', () => {
  const answers = async (headers: Record<string, string>) => [
    (await post({ headers })).response.status,
    (await usage(served(), '', headers)).status,
  ];

  it.each([
    ['a key that is no header value of ours', async () => withKey('two words'), [401, 401]],
    ['a full token as Bearer', async () => ({ authorization: `Bearer ${key}` }), [401, 401]],
    [
      'an expired token',
      async () => {
        const expired = await tokenOf(session, { name: 'expired', type: 'full-access', lifespan: 7 * 86_400_000 });
        const where = { name: 'expired' };
        await app.strapi.db
          .query('admin::api-token')
          .update({ where, data: { expiresAt: new Date(Date.now() - 1000) } });
        return withKey(expired);
      },
      [401, 401],
    ],
  ] as [string, () => Promise<Record<string, string>>, number[]][])('%s', async (_who, headers, expected) => {
    expect(await answers(await headers())).toEqual(expected);
  });

  it('refuses in the shape of the documents, and logs no key', async () => {
    const json = { error: 'invalid api key', status: 401 };
    expect(await refused({ headers: {} })).toMatchObject({ status: 401, body: json });
    const read = await tokenOf(session, { type: 'read-only' });
    const { status, body } = await refused({ headers: withKey(read) });
    expect({ status, body }).toEqual({
      status: 403,
      body: { error: 'This API key has no permission for this action.', status: 403 },
    });
    const said = app.logs.join('\n');
    for (const secret of [key, read]) expect(said).not.toContain(secret);
  });

  it('opens no other route to a key in x-api-key', async () => {
    const response = await fetch(`${session.url}/api/cutout/metrics`, { headers: withKey(key) });
    expect(response.status).toBe(403);
  });
});

describe('clients written for the service', () => {
  const contract = path.join(__dirname, '..', 'contract', 'rembg');
  const example = path.join(path.dirname(require.resolve('@remove-background-ai/rembg.js')), '..', 'example');
  const photo = path.join(example, 'input.jpg');
  const environment = () => ({
    PATH: process.env.PATH,
    TMPDIR: app.dataDir,
    REMBG_API_URL: `${session.url}/api/cutout`,
    API_KEY: key,
  });

  it('the published npm package, unchanged', async () => {
    const cases = [
      { name: 'a path', input: { path: photo } },
      { name: 'a Buffer', input: { buffer: readFileSync(photo, 'base64') } },
      { name: 'base64 in and out', input: { base64: readFileSync(photo, 'base64') }, options: { returnBase64: true } },
      { name: 'a mask', input: { path: photo }, options: { returnMask: true, format: 'png', w: 200 } },
      { name: 'all', input: { path: photo }, options: { w: 800, h: 600, format: 'PNG', angle: 90, bg_color: 'blue' } },
    ];
    const [input, output] = ['cases.json', 'results.json'].map((name) => path.join(app.dataDir, name)) as [
      string,
      string,
    ];
    writeFileSync(input, JSON.stringify(cases));
    const script = path.join(contract, 'run-published.cjs');
    // The package's process lives as long as its idle connections.
    app.strapi.server.httpServer.keepAliveTimeout = 100;
    await run(process.execPath, ['-r', path.join(contract, 'redirect-axios.cjs'), script, input, output], {
      env: environment(),
      maxBuffer: 1e8,
      timeout: 60_000,
    });
    const results = JSON.parse(readFileSync(output, 'utf8')) as Record<string, string>;
    const facts = await Promise.all(
      cases.map(({ name }) => sharp(Buffer.from(results[name]!.replace(/^data:[^,]*,/, ''), 'base64')).metadata()),
    );
    expect(facts.map(({ format }) => format)).toEqual(['webp', 'webp', 'webp', 'png', 'png']);
    expect(facts[3]).toMatchObject({ width: 200, channels: 1 });
  }, 90_000);

  describeIf(hasRequests(), 'Python has no `requests` here.')('Python', () => {
    it('with the example of the documents', async () => {
      const file = path.join(app.dataDir, 'python.webp');
      const { stdout } = await run('python3', ['-c', PYTHON, served().rmbgUrl, key, photo, file]);
      expect(stdout).toContain('Background removed successfully');
      expect(await sharp(file).metadata()).toMatchObject({ format: 'webp' });
    });
  });

  const curl = '/usr/bin/curl';
  describeIf(existsSync(curl), 'curl is not installed.')('curl', () => {
    it('with the example of the documents', async () => {
      const file = path.join(app.dataDir, 'curl.webp');
      const fields = [
        'format=webp',
        'w=800',
        'h=600',
        'exact_resize=false',
        'mask=false',
        'bg_color=#ffffffff',
        'angle=0',
        'expand=true',
      ];
      const form = [`image=@${photo}`, ...fields].flatMap((field) => ['-F', field]);
      const { stdout } = await run(curl, [
        ...['-sS', '-X', 'POST', served().rmbgUrl, '-H', `x-api-key: ${key}`],
        ...[...form, '-o', file, '-w', '%{http_code} %{content_type}'],
      ]);
      expect(stdout).toBe('200 image/webp');
      expect((await sharp(file).stats()).isOpaque).toBe(true);
    });
  });
});

/** The example of the documents; its host, key and paths are arguments. */
const PYTHON = `
import requests, sys

url, key, path, output = sys.argv[1:]
headers = {"x-api-key": key}
files = {
    "image": open(path, "rb")
}
data = {
    "format": "webp",
    "w": 800,
    "h": 600,
    "exact_resize": "false",
    "mask": "false",
    "bg_color": "#ffffffff",
    "angle": 0,
    "expand": "true",
}
response = requests.post(url, headers=headers, files=files, data=data)
if response.status_code == 200:
    with open(output, "wb") as f:
        f.write(response.content)
    print("Background removed successfully → saved as output.webp")
else:
    print("Error:", response.status_code, response.text)
`;

describe('what is left of a call', () => {
  /** Sends so much of a form and no more; @returns what cuts the connection. */
  function begin(body: Buffer, more = 1_000_000) {
    const sent = httpRequest(served().rmbgUrl, {
      method: 'POST',
      headers: {
        ...withKey(key),
        'content-type': 'multipart/form-data; boundary=cut',
        'content-length': body.length + more,
      },
    });
    sent.on('error', () => undefined);
    sent.write(body);
    return () => sent.destroy();
  }
  const head = (name = 'photo.png') =>
    Buffer.from(`--cut\r\nContent-Disposition: form-data; name="image"; filename="${name}"\r\n\r\n`);
  /** An upload that grows. */
  const arrived = () =>
    until('the upload is on its way', () =>
      workDirs().some((name) => {
        const upload = path.join(tmpdir(), name, 'upload');
        return existsSync(upload) && statSync(upload).size > 0;
      }),
    );

  it('nothing, when the caller goes in the middle of the upload', async () => {
    const before = await served().charged();
    const cut = begin(Buffer.concat([head(), Buffer.alloc(300_000, 1)]));
    await arrived();
    cut();
    await nothingLeft();
    expect(await served().charged()).toBe(before);
  });

  it('nothing, when the caller goes in the middle of the work', async () => {
    const before = await served().charged();
    const large = await disc(1, { width: 5000, height: 4000 });
    const body = Buffer.concat([head('large.jpg'), large, Buffer.from('\r\n--cut--\r\n')]);
    const cut = begin(body, 0);
    await until('the work has begun', async () => (await served().charged()) > before);
    cut();
    await nothingLeft();
    await until('the credit is given back', async () => (await served().charged()) === before);
    expect((await post()).response.status).toBe(200);
  });

  it('nothing, when the form ends early', async () => {
    const body = Buffer.concat([head(), Buffer.alloc(1000, 1)]);
    const response = await fetch(served().rmbgUrl, {
      method: 'POST',
      headers: { ...withKey(key), 'content-type': 'multipart/form-data; boundary=cut' },
      body,
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: 'The form data ended early or cannot be read.', status: 400 });
  });

  it('nothing, when the form has no boundary, or is none', async () => {
    const send = async (type: string) => {
      const response = await fetch(served().rmbgUrl, {
        method: 'POST',
        headers: { ...withKey(key), 'content-type': type },
        body: 'x=1',
      });
      return { status: response.status, body: await response.json() };
    };
    expect((await send('multipart/form-data')).body).toEqual({
      error: expect.stringMatching(/form data/),
      status: 400,
    });
    expect((await send('application/x-www-form-urlencoded')).body.error).toMatch(/^No image file provided/);
    expect((await send('application/json')).body.error).toMatch(/^No image file provided/);
  });

  it('nothing, when other files come with it', async () => {
    const form = new FormData();
    for (const name of ['files', 'other', 'image', 'image'])
      form.append(name, new Blob([new Uint8Array(png)]), 'a.png');
    const response = await fetch(served().rmbgUrl, { method: 'POST', headers: withKey(key), body: form });
    expect(response.status).toBe(200);
    await response.arrayBuffer();
  });

  it('nothing in the library or in Strapi’s own temporary files, and other uploads are parsed as before', async () => {
    await post();
    expect(await app.strapi.db.query('plugin::upload.file').count()).toBe(0);
    const asset = await upload(session, { name: 'a.png', bytes: png, type: 'image/png', fields: { cutout: 'false' } });
    expect(asset.id).toBeGreaterThan(0);
    await idle(app);
    await app.strapi
      .plugin('upload')
      .service('upload')
      .remove(await app.strapi.db.query('plugin::upload.file').findOne({ where: { id: asset.id } }));
    await idle(app);
  });

  it('an animation is refused, and costs nothing', async () => {
    const before = await served().charged();
    const frames = Buffer.alloc(64 * 128 * 3);
    frames.fill(255, 64 * 64 * 3);
    const raw = { width: 64, height: 128, channels: 3, pageHeight: 64 } as const;
    const animation = await sharp(frames, { raw })
      .webp({ loop: 0, delay: [100, 100] })
      .toBuffer();
    expect(await sharp(animation).metadata()).toMatchObject({ pages: 2 });
    const { status, body } = await refused({ file: animation, name: 'a.webp' });
    expect({ status, body }).toEqual({ status: 422, body: { error: expect.any(String), status: 422 } });
    expect(await served().charged()).toBe(before);
  });

  it('a picture that fails in its child costs nothing and says so', async () => {
    const before = await served().charged();
    const { status, body } = await refused({ file: (await disc(3)).subarray(0, 3000), name: 'half.jpg' });
    expect(status).toBe(400);
    expect(body).toEqual({ error: expect.stringContaining('upload'), status: 400 });
    expect(await served().charged()).toBe(before);
  });
});

describe('limits', () => {
  it('one of the configuration that is smaller than the documents’ is told', async () => {
    const { maxBytes } = app.cutout.config.limits;
    app.cutout.config.limits.maxBytes = 1024 * 1024;
    try {
      const { body } = await refused({ file: Buffer.alloc(1.5 * 1024 * 1024) });
      expect(body.error).toBe('File size (1.5 MB) exceeds the maximum allowed size of 1 MB.');
    } finally {
      app.cutout.config.limits.maxBytes = maxBytes;
    }
  });

  it('a token that asks too quickly is told when to come back; others are not held up', async () => {
    const other = await tokenOf(session, { type: 'full-access' });
    await served().withRate(1, async () => {
      await post();
      const { status, retryAfter } = await refused();
      expect(status).toBe(429);
      expect(Number(retryAfter)).toBeGreaterThan(0);
      expect(Number(retryAfter)).toBeLessThanOrEqual(60);
      expect((await post({ headers: withKey(other) })).response.status).toBe(200);
    });
  });

  it('credits are taken one by one, however many calls come at once: the plan’s first, then the prepaid ones', async () => {
    const { plan } = settings();
    const cycle = async () => (await usage(served(), '?expand=billing_cycle')).body.billingCycle;
    const { usedIncludedCredits: used } = await cycle();
    settings().plan = { ...plan, credits: used + 3 };
    try {
      const statuses = await Promise.all(Array.from({ length: 9 }, async () => (await post()).response.status));
      expect(statuses.filter((status) => status === 200)).toHaveLength(5);
      expect(statuses.filter((status) => status === 429)).toHaveLength(4);
      expect(await cycle()).toMatchObject({
        usedIncludedCredits: used + 3,
        remainingIncludedCredits: 0,
        prepaidCredits: 0,
      });
    } finally {
      settings().plan = plan;
    }
  });
});

describe('usage', () => {
  it('is pruned with the days before a moment, but for prepaid credits, which never come back', async () => {
    const table = app.strapi.db.query(API_DAY);
    const { plan } = settings();
    settings().plan = { ...plan, prepaid: 10 };
    const { prepaidCredits } = (await usage(served(), '')).body;
    // Younger than what the application's own round prunes, which comes when it likes.
    const before = Date.now() - 300 * 86_400_000;
    const dayOf = (offset: number) => new Date(before + offset * 86_400_000).toISOString().slice(0, 10);
    await table.create({ data: { day: dayOf(-1), included: 3 } });
    await table.create({ data: { day: dayOf(-2), included: 3, prepaid: 1 } });
    await table.create({ data: { day: dayOf(0), included: 3 } });
    try {
      expect(await pruneApiDays(app.strapi, before)).toBe(1);
      const left = (await days()).map(({ day }) => day).filter((day) => day <= dayOf(0));
      expect(left.sort()).toEqual([dayOf(-2), dayOf(0)]);
      expect((await usage(served(), '')).body.prepaidCredits).toBe(prepaidCredits - 1);
    } finally {
      settings().plan = plan;
      await table.deleteMany({ where: { day: { $lte: dayOf(0) } } });
    }
  });

  it('counts the media library as the app’s, in months and cycles of their own', async () => {
    const now = new Date();
    const at = (month: number, day: number) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + month, day));
    const entry = { engine: 'local', source: 'upload', fileId: 1, jobId: 1, sourceHash: 'x', model: QUICK, credits: 0 };
    const ledger = app.strapi.db.query(LEDGER);
    const make = (when: Date, outcome: string, reason: string) =>
      ledger.create({ data: { ...entry, outcome, reason, createdAt: when, updatedAt: when } });
    await make(at(-3, 3), 'free', 'local');
    await make(at(-3, 9), 'free', 'local');
    await make(at(-3, 9), 'charged', '');
    await make(at(-3, 9), 'free', 'stored-matte');
    for (const [when, included] of [
      [at(-3, 6), 5],
      [at(-3, 7), 7],
    ] as const) {
      await app.strapi.db.query(API_DAY).create({ data: { day: when.toISOString().slice(0, 10), included } });
    }
    try {
      const month = at(-3, 1);
      const query = `?year=${month.getUTCFullYear()}&month=${month.getUTCMonth() + 1}`;
      expect((await usage(served(), query)).body).toMatchObject({ app_usage: 3, api_usage: 12 });
      const { billingCycles } = (await usage(served(), '?listBillingCycles=true')).body;
      const starts = [at(-3, 7), at(-4, 7)].map((start) => start.getTime() / 1000);
      expect(billingCycles.slice(1)).toEqual([
        { periodStartUnix: starts[0], periodEndUnix: at(-2, 7).getTime() / 1000 - 1, appUsage: 2, apiUsage: 7 },
        { periodStartUnix: starts[1], periodEndUnix: starts[0]! - 1, appUsage: 1, apiUsage: 5 },
      ]);
      const past = (await usage(served(), `?periodStartUnix=${starts[0]}&expand=billing_cycle`)).body;
      expect(past).toMatchObject({ app_usage: 2, api_usage: 7, billingCycle: billingCycles[1] });
      const never = (await usage(served(), `?periodStartUnix=${starts[0]! + 1}&expand=billing_cycle`)).body;
      expect(never).toMatchObject({ app_usage: 0, api_usage: 0, billingCycle: { stripeBillingSynced: false } });
    } finally {
      await ledger.deleteMany({ where: { jobId: 1 } });
      await app.strapi.db
        .query(API_DAY)
        .deleteMany({ where: { included: { $in: [5, 7] }, day: { $lt: at(-2, 1).toISOString().slice(0, 10) } } });
    }
  });
});

it('does not exist unless it is switched on', async () => {
  settings().enabled = false;
  try {
    const { response } = await post();
    expect(response.status).toBe(404);
    expect((await usage(served(), '')).status).toBe(404);
  } finally {
    settings().enabled = true;
  }
});
