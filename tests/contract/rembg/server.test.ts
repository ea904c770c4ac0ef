import sharp from 'sharp';
import { rows, type RowName } from '../../rembg-server/rows';
import { startRembgServer, type RembgServer } from '../../rembg-server/server';
import { claimedSize, picture } from './pictures';

/** The emulator against the documents, by plain `fetch`: it must be right before anything is measured with it. */

let server: RembgServer;
let png: Buffer;

beforeAll(async () => {
  png = await picture();
});
beforeEach(async () => {
  server = await startRembgServer();
});
afterEach(() => server.stop());

interface Sent {
  file?: Buffer | null;
  name?: string;
  fields?: Record<string, string>;
  headers?: Record<string, string>;
  /** A whole multipart body with the boundary `B`, in place of file and fields. */
  raw?: string;
}

async function post({ file = png, name = 'photo.png', fields = {}, headers, raw }: Sent = {}) {
  const form = new FormData();
  if (file) form.append('image', new Blob([new Uint8Array(file)]), name);
  for (const [field, value] of Object.entries(fields)) form.append(field, value);
  const response = await fetch(`${server.apiUrl}/rmbg`, {
    method: 'POST',
    body: raw ?? form,
    headers: {
      ...(headers ?? { 'x-api-key': server.keys.premium }),
      ...(raw ? { 'content-type': 'multipart/form-data; boundary=B' } : {}),
    },
  });
  return { response, bytes: Buffer.from(await response.arrayBuffer()) };
}

async function refused(sent: Sent) {
  const { response, bytes } = await post(sent);
  return { status: response.status, body: JSON.parse(bytes.toString()) as { error: string } };
}

const account = async (query: string, key = server.keys.premium) => {
  const response = await fetch(`${server.accountUrl}/api/membership-usage${query}`, { headers: { 'x-api-key': key } });
  return { status: response.status, body: await response.json() };
};

describe('the table of errors', () => {
  const example = (row: RowName) => rows[row].example;
  const cases: [RowName, () => Sent | Promise<Sent>, string?][] = [
    ['no-image', () => ({ file: null, fields: { w: '5' } })],
    // What a browser sends for a file input nobody touched.
    [
      'no-file',
      () => ({ raw: '--B\r\nContent-Disposition: form-data; name="image"; filename=""\r\n\r\n\r\n--B--\r\n' }),
    ],
    ['unsupported-type', () => ({ name: 'virus.exe' })],
    ['corrupt-image', () => ({ file: Buffer.from('no picture at all, whatever its name says') })],
    ['empty-file', () => ({ file: Buffer.alloc(0) })],
    ['too-large', () => ({ file: Buffer.alloc(55.2 * 1024 * 1024) })],
    ['too-wide', () => ({ file: claimedSize(png, 12000, 10) })],
    ['too-tall', () => ({ file: claimedSize(png, 10, 15000) })],
    ['size-not-integer', () => ({ fields: { w: 'abc' } })],
    ['size-not-integer', () => ({ fields: { h: '1.5' } }), "'h' must be an integer, got: '1.5'"],
    ['size-too-small', () => ({ fields: { w: '-5' } })],
    ['size-too-large', () => ({ fields: { w: '15000' } })],
    ['angle-not-number', () => ({ fields: { angle: 'ninety' } })],
    ['angle-out-of-range', () => ({ fields: { angle: '500' } })],
    ['bad-format', () => ({ fields: { format: 'gif' } })],
    ['bad-color', () => ({ fields: { bg_color: '#12345' } })],
    ['mask-with-color', () => ({ fields: { mask: 'true', bg_color: 'red' } })],
    ['email-not-verified', () => ({ headers: { 'x-api-key': server.keys.unverified } })],
    ['invalid-key', () => ({ headers: { 'x-api-key': 'nobody' } })],
    ['key-and-token', () => ({ headers: { 'x-api-key': server.keys.premium, authorization: 'Bearer token' } })],
    ['monthly-limit', () => ({ headers: { 'x-api-key': server.keys.empty } })],
  ];

  // Always three values: Jest takes a third parameter without one for its `done`.
  const whole = cases.map(([row, sent, words = example(row)]) => [row, sent, words] as const);
  it.each(whole)(
    'answers %s in the words of the documents, and charges nothing',
    async (row, sent, words) => {
      const { status, body } = await refused(await sent());
      expect({ status, body }).toEqual({
        status: rows[row].status,
        body: { error: words, status: rows[row].status },
      });
      expect(server.credits.charged()).toBe(0);
    },
    20_000,
  );

  it('answers rate-limit when a key asks too quickly, until its window has passed', async () => {
    const headers = { 'x-api-key': server.keys.limited };
    const statuses = [];
    for (let i = 0; i < 3; i += 1) statuses.push((await post({ headers })).response.status);
    expect(statuses).toEqual([200, 200, 429]);
    expect((await refused({ headers })).body.error).toBe(example('rate-limit'));
    server.advance(1000);
    expect((await post({ headers })).response.status).toBe(200);
  });

  it('answers daily-limit to a caller without a key, until the next day', async () => {
    for (let i = 0; i < 5; i += 1) expect((await post({ headers: {} })).response.status).toBe(200);
    expect((await refused({ headers: {} })).body).toEqual({ error: example('daily-limit'), status: 429 });
    server.advance(86_400_000);
    expect((await post({ headers: {} })).response.status).toBe(200);
  });

  it('lists several problems with their fields', async () => {
    const { status, body } = await refused({ fields: { w: 'abc', angle: '500' } });
    expect(status).toBe(400);
    expect(body).toEqual({
      error: 'Multiple validation errors',
      details: [
        { field: 'w', message: "'w' must be an integer, got: 'abc'" },
        { field: 'angle', message: "'angle' must be between -360 and 360 degrees, got: 500.0" },
      ],
      status: 400,
    });
  });
});

describe('pictures', () => {
  const shape = async (fields: Record<string, string>) => {
    const { response, bytes } = await post({ fields });
    const { format, width, height, channels } = await sharp(bytes).metadata();
    return { type: response.headers.get('content-type'), format, width, height, channels };
  };

  it('are WebP unless another format is asked for', async () => {
    expect(await shape({})).toMatchObject({ type: 'image/webp', format: 'webp', width: 48, height: 32, channels: 4 });
    expect(await shape({ format: 'PNG' })).toMatchObject({ type: 'image/png', format: 'png' });
    expect(await shape({ format: 'jpeg' })).toMatchObject({ type: 'image/jpeg', format: 'jpeg', channels: 3 });
    const { bytes } = await post({ fields: { format: 'bmp' } });
    expect(bytes.toString('latin1', 0, 2)).toBe('BM');
  });

  it('fit inside w × h, or are exactly so', async () => {
    expect(await shape({ w: '24', h: '24' })).toMatchObject({ width: 24, height: 16 });
    expect(await shape({ w: '24', h: '24', exact_resize: '1' })).toMatchObject({ width: 24, height: 24 });
    expect(await shape({ w: '0', h: '0' })).toMatchObject({ width: 48, height: 32 });
  });

  it('turn, on a larger canvas or cropped', async () => {
    expect(await shape({ angle: '90' })).toMatchObject({ width: 32, height: 48 });
    expect(await shape({ angle: '90', expand: 'false' })).toMatchObject({ width: 48, height: 32 });
  });

  it('are a grey plane as a mask, and opaque on a colour', async () => {
    expect(await shape({ mask: 'true', format: 'png' })).toMatchObject({ channels: 1 });
    const { bytes } = await post({ fields: { bg_color: '#f00', format: 'png' } });
    expect((await sharp(bytes).stats()).isOpaque).toBe(true);
  });
});

describe('credits', () => {
  it('come from the plan first, then from the prepaid ones, which count as no use of the plan', async () => {
    const key = server.accounts.addKey({ included: 2, prepaid: 1 });
    const headers = { 'x-api-key': key };
    for (let i = 0; i < 3; i += 1) expect((await post({ headers })).response.status).toBe(200);
    expect((await refused({ headers })).status).toBe(429);
    const { body } = await account('?expand=billing_cycle', key);
    expect(body).toMatchObject({ prepaidCredits: 0, api_usage: 2 });
    expect(body.billingCycle).toMatchObject({ apiUsage: 2, usedIncludedCredits: 2, remainingIncludedCredits: 0 });
  });

  it('return with the billing cycle when it is synced, and with the calendar month when not', async () => {
    const now = Date.now();
    const synced = server.accounts.addKey({ included: 1, prepaid: 0, periodDays: 3 });
    const calendar = server.accounts.addKey({ included: 1, prepaid: 0, synced: false });
    for (const key of [synced, calendar]) await post({ headers: { 'x-api-key': key } });
    server.advance(3 * 86_400_000);
    expect((await post({ headers: { 'x-api-key': synced } })).response.status).toBe(200);
    const nextMonth = Date.UTC(new Date(now).getUTCFullYear(), new Date(now).getUTCMonth() + 1);
    server.advance(nextMonth - now);
    expect((await post({ headers: { 'x-api-key': calendar } })).response.status).toBe(200);
  });

  it('are charged when the work is done though its answer is lost, and not when it was refused or cut before', async () => {
    const cost = async (arm: () => void) => {
      const before = server.credits.charged();
      arm();
      await post().catch(() => null);
      server.setFault(null);
      return server.credits.charged() - before;
    };
    expect(await cost(() => server.setFault({ kind: 'reset-after-body' }))).toBe(1);
    expect(await cost(() => server.setFault({ kind: 'truncated', ending: 'reset' }))).toBe(1);
    expect(await cost(() => server.setFault({ kind: 'server-error', status: 502, from: 'gateway' }))).toBe(1);
    expect(await cost(() => server.setFault({ kind: 'server-error', status: 500, from: 'service' }))).toBe(0);
    expect(await cost(() => server.setFault({ kind: 'reset-before-body' }))).toBe(0);
    expect(await cost(() => server.setFault({ kind: 'rate-limit' }))).toBe(0);
  });
});

describe('membership', () => {
  it('answers the calendar month by default and the cycle only when asked', async () => {
    await post();
    server.accounts.useApp(server.keys.premium, 3);
    const plain = await account('');
    expect(plain.body).toEqual({
      membership: 'Premium-20000',
      credits: 18500,
      prepaidCredits: 2000,
      app_usage: 3,
      api_usage: 1,
    });
    for (const query of ['?expand=billing_cycle', '?includeBillingCycle=1', '?includeBillingCycle=true']) {
      const { body } = await account(query);
      expect(body.billingCycle).toMatchObject({
        appUsage: 3,
        apiUsage: 1,
        includedCredits: 18500,
        prepaidCredits: 2000,
        usedIncludedCredits: 4,
        remainingIncludedCredits: 18496,
        stripeBillingSynced: true,
      });
    }
  });

  it('falls back to the UTC month when billing is not synced', async () => {
    const { body } = await account('?expand=billing_cycle', server.keys.unsynced);
    const start = new Date(body.billingCycle.periodStartUnix * 1000).toISOString();
    expect(start).toMatch(/-01T00:00:00.000Z$/);
    expect(body.billingCycle.stripeBillingSynced).toBe(false);
  });

  it('lists cycles newest first, each ending where the next begins, and ignores every other parameter', async () => {
    const key = server.accounts.addKey({ periodDays: 10 });
    await post({ headers: { 'x-api-key': key } });
    server.advance(10 * 86_400_000);
    const { body } = await account('?listBillingCycles=1&year=1&periodStartUnix=5', key);
    expect(Object.keys(body)).toEqual(['billingCycles']);
    const [newest, oldest] = body.billingCycles;
    expect(body.billingCycles).toHaveLength(2);
    expect(oldest).toMatchObject({ apiUsage: 1, periodEndUnix: newest.periodStartUnix - 1 });
    expect(newest.apiUsage).toBe(0);
    const past = await account(`?periodStartUnix=${oldest.periodStartUnix}&expand=billing_cycle`, key);
    expect(past.body).toMatchObject({ api_usage: 1, billingCycle: { apiUsage: 1 } });
  });

  it('refuses a cycle together with a month, impossible months, and unknown keys', async () => {
    expect((await account('?periodStartUnix=5&month=3')).status).toBe(400);
    expect((await account('?month=13')).status).toBe(400);
    expect((await account('', 'nobody')).body).toEqual({ error: 'invalid api key', status: 401 });
  });
});
