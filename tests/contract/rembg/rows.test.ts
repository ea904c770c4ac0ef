import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRembgClient, type RembgClient, type RembgClientConfig } from '../../../server/src/engines/remote';
import * as errors from '../../../server/src/engines/remote/errors';
import type { RemoveOptions } from '../../../server/src/engines/remote/remove-background';
import { rows, type RowName } from '../../rembg-server/rows';
import { startRembgServer, type RembgServer } from '../../rembg-server/server';
import { claimedSize, picture } from './pictures';

let server: RembgServer;
let folder: string;
let png: Buffer;
const clients: RembgClient[] = [];

beforeAll(async () => {
  png = await picture();
  folder = mkdtempSync(join(tmpdir(), 'cutout-rows-'));
});
beforeEach(async () => {
  server = await startRembgServer();
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await server.stop();
});
afterAll(() => rmSync(folder, { recursive: true }));

function client(config: Partial<RembgClientConfig> = {}): RembgClient {
  const made = createRembgClient({
    apiKey: server.keys.premium,
    apiUrl: server.apiUrl,
    accountUrl: server.accountUrl,
    retry: { retries: 2, baseMs: 1, maxMs: 2 },
    timeouts: { total: 5000 },
    ...config,
  });
  clients.push(made);
  return made;
}

async function failure(work: Promise<unknown>): Promise<errors.RemoteError> {
  const error: unknown = await work.then(
    () => new Error('expected a failure'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof errors.RemoteError)) throw error;
  return error;
}

type ErrorClass = typeof errors.NoImageError;
const table: Record<RowName, { error: ErrorClass; code: string; status: number; retryable: boolean; field?: string }> =
  {
    'no-image': row(errors.NoImageError, 'remote.no-image', 400, 'image'),
    'no-file': row(errors.NoFileSelectedError, 'remote.no-file', 400, 'image'),
    'unsupported-type': row(errors.UnsupportedTypeError, 'remote.unsupported-type', 400, 'image'),
    'corrupt-image': row(errors.CorruptImageError, 'remote.corrupt-image', 400, 'image'),
    'empty-file': row(errors.EmptyFileError, 'remote.empty-file', 400, 'image'),
    'too-large': row(errors.FileTooLargeError, 'remote.file-too-large', 400, 'image'),
    'too-wide': row(errors.ImageTooWideError, 'remote.too-wide', 400, 'image'),
    'too-tall': row(errors.ImageTooTallError, 'remote.too-tall', 400, 'image'),
    'size-not-integer': row(errors.SizeNotIntegerError, 'remote.size-not-integer', 400, 'w'),
    'size-too-small': row(errors.SizeTooSmallError, 'remote.size-too-small', 400, 'w'),
    'size-too-large': row(errors.SizeTooLargeError, 'remote.size-too-large', 400, 'w'),
    'angle-not-number': row(errors.AngleNotNumberError, 'remote.angle-not-number', 400, 'angle'),
    'angle-out-of-range': row(errors.AngleOutOfRangeError, 'remote.angle-out-of-range', 400, 'angle'),
    'bad-format': row(errors.BadFormatError, 'remote.bad-format', 400, 'format'),
    'bad-color': row(errors.BadColorError, 'remote.bad-color', 400, 'bg_color'),
    'mask-with-color': row(errors.MaskWithColorError, 'remote.mask-with-color', 400, 'mask'),
    'email-not-verified': { ...row(errors.EmailNotVerifiedError, 'remote.email-not-verified', 502), retryable: true },
    'invalid-key': { ...row(errors.InvalidKeyError, 'remote.invalid-key', 502), retryable: true },
    'key-and-token': row(errors.KeyAndTokenError, 'remote.key-and-token', 502),
    'rate-limit': { ...row(errors.RateLimitedError, 'remote.rate-limited', 503), retryable: true },
    'daily-limit': { ...row(errors.DailyLimitError, 'remote.daily-limit', 503), retryable: true },
    'monthly-limit': { ...row(errors.MonthlyLimitError, 'remote.monthly-limit', 503), retryable: true },
  };

function row(error: ErrorClass, code: string, status: number, field?: string) {
  return { error, code, status, retryable: false, ...(field ? { field } : {}) };
}

describe('each row of the table', () => {
  it('is covered: 22 rows', () => {
    expect(Object.keys(table)).toEqual(Object.keys(rows));
    expect(errors.errorRows).toHaveLength(22);
  });

  it.each(Object.keys(table) as RowName[])('%s has its class, code, message and retry', async (name) => {
    const expected = table[name];
    server.setFault({ kind: 'row', row: name });
    const error = await failure(client().removeBackground({ path: png }));

    expect(error).toBeInstanceOf(expected.error);
    expect(error.name).toBe(expected.error.name);
    expect(error).toMatchObject({
      code: expected.code,
      message: rows[name].example,
      status: expected.status,
      remoteStatus: rows[name].status,
      retryable: expected.retryable,
      cost: 'free',
    });
    const details = expected.field ? [{ field: expected.field, message: rows[name].example }] : undefined;
    expect(error.details).toEqual(details);
    const paidCalls = server.calls.filter(({ endpoint }) => endpoint === 'rmbg');
    expect(paidCalls).toHaveLength(name === 'rate-limit' ? 3 : 1);
    expect(server.credits.charged()).toBe(0);
  });
});

describe('what the service finds wrong by itself', () => {
  const tall = () => claimedSize(png, 10, 15000);
  const wide = () => claimedSize(png, 12000, 10);
  const options = (given: object) => given as RemoveOptions;
  const cases: [RowName, () => Parameters<RembgClient['removeBackground']>[0]][] = [
    ['unsupported-type', () => ({ path: png, name: 'virus.exe' })],
    ['corrupt-image', () => ({ path: Buffer.from('not a picture'), name: 'photo.png' })],
    ['too-wide', () => ({ path: wide() })],
    ['too-tall', () => ({ path: tall() })],
    ['size-not-integer', () => ({ path: png, options: options({ w: 'abc' }) })],
    ['size-too-small', () => ({ path: png, options: { w: -5 } })],
    ['size-too-large', () => ({ path: png, options: { w: 15000 } })],
    ['angle-not-number', () => ({ path: png, options: options({ angle: 'ninety' }) })],
    ['angle-out-of-range', () => ({ path: png, options: { angle: 500 } })],
    ['bad-format', () => ({ path: png, options: options({ format: 'gif' }) })],
    ['bad-color', () => ({ path: png, options: { bg_color: '#12345' } })],
    ['mask-with-color', () => ({ path: png, options: { mask: true, bg_color: 'red' } })],
  ];

  it.each(cases)('%s', async (name, request) => {
    const error = await failure(client().removeBackground(request()));
    expect(error).toBeInstanceOf(table[name].error);
    expect(error.message).toBe(rows[name].example);
    expect(server.calls).toHaveLength(1);
  });

  it('names the other side too', async () => {
    const error = await failure(client().removeBackground({ path: png, options: { h: 10001 } }));
    expect(error.details).toEqual([{ field: 'h', message: "'h' must be at most 10000, got: 10001" }]);
  });

  it('gives every problem of several with its field', async () => {
    const wrong = options({ w: 'abc', angle: 500 });
    const error = await failure(client().removeBackground({ path: png, options: wrong }));
    expect(error).toBeInstanceOf(errors.InvalidInputError);
    expect(error.details?.map(({ field }) => field)).toEqual(['w', 'angle']);
    for (const { message } of error.details ?? []) expect(error.message).toContain(message);
  });

  it('sends no file that is empty or too large', async () => {
    const empty = join(folder, 'empty.png');
    writeFileSync(empty, '');
    expect(await failure(client().removeBackground({ path: empty }))).toMatchObject({
      code: 'remote.empty-file',
      message: rows['empty-file'].example,
    });
    const large = Buffer.alloc(55.2 * 1024 * 1024);
    expect(await failure(client().removeBackground({ path: large }))).toMatchObject({
      code: 'remote.file-too-large',
      message: rows['too-large'].example,
    });
    expect(server.calls).toHaveLength(0);
  });
});

describe('a refused key', () => {
  it.each(['unverified', 'unknown'] as const)('(%s) stops every paid call, and no free one', async (which) => {
    const apiKey = which === 'unknown' ? 'nobody-knows-this-key' : server.keys.unverified;
    const stopped = client({ apiKey });
    const first = await failure(stopped.removeBackground({ path: png }));
    const second = await failure(stopped.removeBackground({ path: png }));
    expect(second.code).toBe(first.code);
    expect(second.message).toContain('until the API key changes');
    expect(server.calls).toHaveLength(1);
    expect(stopped.circuit.state()).toMatchObject({ kind: 'open', failures: 0 });
    expect(await failure(stopped.membership())).toMatchObject({ code: first.code });
    expect(server.calls).toHaveLength(2);
  });

  it('is forgotten with another key, though the state was kept', async () => {
    const stopped = client({ apiKey: 'nobody-knows-this-key' });
    await failure(stopped.removeBackground({ path: png }));
    const kept = stopped.circuit.state();
    await failure(client({ apiKey: 'nobody-knows-this-key', circuit: kept }).removeBackground({ path: png }));
    expect(server.calls).toHaveLength(1);
    const working = client({ circuit: kept });
    await expect(working.removeBackground({ path: png })).resolves.toMatchObject({ kind: 'webp' });
    expect(working.circuit.state()).toEqual({ kind: 'closed' });
  });
});

describe('a limit that turns', () => {
  it('stops paid calls until the billing cycle renews, as the account service says', async () => {
    const waiting = client({ apiKey: server.keys.empty });
    const error = await failure(waiting.removeBackground({ path: png }));
    const { billingCycle } = await waiting.membership({ expand: ['billing_cycle'] });
    expect(error.retryAt).toBe((billingCycle?.periodEndUnix ?? 0) * 1000);
    expect(await failure(waiting.removeBackground({ path: png }))).toMatchObject({
      code: 'remote.monthly-limit',
      retryAt: error.retryAt,
    });
    expect(server.calls.filter(({ endpoint }) => endpoint === 'rmbg')).toHaveLength(1);
  });

  it('ends as soon as the account shows credits again', async () => {
    const key = server.accounts.addKey({ included: 0, prepaid: 0 });
    const waiting = client({ apiKey: key });
    await failure(waiting.removeBackground({ path: png }));
    const account = server.accounts.find(key);
    if (account) account.plan.prepaid = 5;
    await waiting.membership({ expand: ['billing_cycle'] });
    await expect(waiting.removeBackground({ path: png })).resolves.toMatchObject({ kind: 'webp' });
  });

  it('names the next UTC day for the daily limit, and lets free calls through', async () => {
    const now = Date.UTC(2026, 2, 4, 15);
    const waiting = client({ now: () => now });
    server.setFault({ kind: 'row', row: 'daily-limit' }, 1);
    const error = await failure(waiting.removeBackground({ path: png }));
    expect(error.retryAt).toBe(Date.UTC(2026, 2, 5));
    await expect(waiting.membership()).resolves.toMatchObject({ membership: 'Premium-20000' });
  });
});

describe('a short-term limit', () => {
  it('is waited out when the service says how long', async () => {
    server.setFault({ kind: 'rate-limit', retryAfter: '1' }, 1);
    const start = performance.now();
    await client().removeBackground({ path: png });
    expect(performance.now() - start).toBeGreaterThanOrEqual(990);
    expect(server.calls).toHaveLength(2);
  });

  it('is not waited out when that is longer than the call may last', async () => {
    server.setFault({ kind: 'rate-limit', retryAfter: '60' });
    const start = performance.now();
    const waiting = client();
    const error = await failure(waiting.removeBackground({ path: png }));
    expect(error.code).toBe('remote.rate-limited');
    expect(error.retryAt ?? 0).toBeGreaterThan(Date.now() + 50_000);
    expect(await failure(waiting.removeBackground({ path: png }))).toMatchObject({ retryAt: error.retryAt });
    expect(performance.now() - start).toBeLessThan(1000);
    expect(server.calls).toHaveLength(1);
  });
});

it('leaves no half picture beside the file it failed to make', async () => {
  const output = join(folder, 'cutout.webp');
  server.setFault({ kind: 'truncated', ending: 'reset' });
  await failure(client().removeBackground({ path: png, output }));
  expect(readdirSync(folder).filter((name) => name.startsWith('cutout'))).toEqual([]);
});
