import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { RemoteError } from '../../../server/src/engines/remote/errors';
import { startOddService, type OddService, type Respond } from './odd-service';
import { picture } from './pictures';

/** Answers that the documents do not describe, and files that cannot be written: what they cost, and what is said. */

let png: Buffer;
let folder: string;
let service: OddService;

beforeAll(async () => {
  png = await picture(16, 16);
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cutout-odd-'));
  service = await startOddService();
});
afterEach(async () => {
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

const told =
  (status: number, body: unknown, headers: Record<string, string> = {}): Respond =>
  (_request, response) =>
    response
      .writeHead(status, headers)
      .end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));

async function failure(work: Promise<unknown>): Promise<RemoteError> {
  const error: unknown = await work.then(
    () => new Error('expected a failure'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof RemoteError)) throw error;
  return error;
}

describe('a picture', () => {
  it.each<[string, Respond]>([
    [
      'without its length',
      (_request, response) => response.write(png.subarray(0, 20), () => response.end(png.subarray(20))),
    ],
    [
      'under header names in capitals',
      (_request, response) => response.writeHead(200, { 'CONTENT-LENGTH': png.length }).end(png),
    ],
    [
      'packed by a gateway',
      (request, response) => told(200, gzipSync(png), { 'Content-Encoding': 'gzip' })(request, response),
    ],
  ])('%s is taken', async (_how, respond) => {
    service.answer(respond);
    await expect(service.client().matte({ path: png })).resolves.toMatchObject({ buffer: png });
  });

  it('is taken from a service that says goodbye after each answer, call after call', async () => {
    service.answer((_request, response) => response.writeHead(200, { connection: 'close' }).end(png));
    const client = service.client();
    for (let call = 0; call < 10; call += 1) await client.matte({ path: png });
    expect(service.calls()).toBe(10);
  });
});

describe('an error', () => {
  const fields = [
    { field: 'w', message: "'w' must be at least 1, got: -5" },
    { field: '', message: 'something else' },
  ];
  it.each<[string, number, unknown, object]>([
    ['with its status as text', 400, { error: 'No image file provided.', status: '400' }, { code: 'remote.no-image' }],
    ['without status', 401, { error: 'invalid api key' }, { code: 'remote.invalid-key' }],
    ['as an object', 400, { error: { message: 'Uploaded file is empty (0 bytes).' } }, { code: 'remote.empty-file' }],
    ['under another name', 422, { detail: 'no such thing' }, { code: 'remote.rejected', message: 'no such thing' }],
    [
      'of several fields',
      400,
      { error: 'Several', details: fields },
      { code: 'remote.invalid-input', details: fields },
    ],
    ['401 with details', 401, { error: 'invalid api key', details: fields }, { code: 'remote.invalid-key' }],
    ['403 with details', 403, { error: 'not for you', details: fields }, { code: 'remote.forbidden' }],
    ['429 with details', 429, { error: 'monthly limit', details: fields }, { code: 'remote.monthly-limit' }],
    ['500 with details', 500, { error: 'broken', status: 500, details: fields }, { code: 'remote.server-error' }],
    ['with details of another shape', 400, { error: 'odd', details: 'w' }, { code: 'remote.rejected', message: 'odd' }],
    ['401 without words', 401, '', { code: 'remote.invalid-key' }],
    ['403 of a firewall', 403, '<html></html>', { code: 'remote.rejected' }],
  ])('%s is what its status says, and free', async (_what, status, body, expected) => {
    service.answer(told(status, body));
    const error = await failure(service.client().matte({ path: png }));
    expect(error).toMatchObject({ cost: 'free', remoteStatus: status, ...expected });
  });

  it('shows the words of each field in its message', async () => {
    service.answer(told(400, { error: 'Multiple validation errors', details: fields, status: 400 }));
    const { message } = await failure(service.client().matte({ path: png }));
    expect(message).toBe("Multiple validation errors: 'w' must be at least 1, got: -5; something else");
  });

  it.each<[string, number, unknown]>([
    ['204', 204, ''],
    ['206', 206, 'half'],
    ['200 with an error in JSON', 200, { error: 'invalid api key', status: 401 }],
    ['502 as a page', 502, '<html>Bad gateway</html>'],
    ['500 in the words of a gateway', 500, { message: 'Internal server error' }],
    ['502 in JSON that names another status', 502, { error: 'upstream', status: 504 }],
    ['503 with an error as an object', 503, { error: { message: 'upstream' } }],
  ])('%s is of unknown cost, and is not repeated', async (_what, status, body) => {
    service.answer(told(status, body));
    const client = service.client({ retry: { retries: 3, baseMs: 1, maxMs: 2 } });
    expect(await failure(client.matte({ path: png }))).toMatchObject({
      code: 'remote.outcome-unknown',
      cost: 'unknown',
    });
    expect(service.calls()).toBe(1);
  });

  it.each(['999999999999', 'Fri, 01 Jan 2100 00:00:00 GMT'])('does not hold a call for %j', async (pause) => {
    service.answer(told(429, { error: "You're making requests too quickly", status: 429 }, { 'Retry-After': pause }));
    const client = service.client({ retry: { retries: 3 }, timeouts: {} });
    const error = await failure(client.matte({ path: png }));
    expect(error.code).toBe('remote.rate-limited');
    expect(error.retryAt).toBeLessThanOrEqual(Date.now() + 3_600_000);
    expect(service.calls()).toBe(1);
  });
});

it('a connection that breaks before a byte of the answer is of unknown cost, and the next call has its own', async () => {
  const heard: number[] = [];
  const raw = createServer((socket) => {
    let call = 0;
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      if (!data.toString('latin1').includes('--\r\n')) return;
      call += 1;
      heard.push(call);
      // A kept connection would break on its second use.
      if (call > 1) return void socket.resetAndDestroy();
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${png.length}\r\n\r\n`);
      socket.write(png);
    });
  });
  await new Promise<void>((resolve) => raw.listen(0, '127.0.0.1', resolve));
  const client = service.client({ apiUrl: `http://127.0.0.1:${(raw.address() as AddressInfo).port}` });
  for (let call = 0; call < 4; call += 1) await client.matte({ path: png });
  expect(heard).toEqual([1, 1, 1, 1]);
  raw.close();
});

describe('a file that cannot be made', () => {
  const good: Respond = (_request, response) => response.end(png);

  it.each<[string, () => string]>([
    ['in a folder that is not there', () => join(folder, 'none', 'matte.png')],
    ['in what is no folder', () => join(__filename, 'matte.png')],
    ['where a folder is', () => folder],
    ['in a file system that takes none', () => '/proc/matte.png'],
  ])('%s is found out before anything is sent', async (_where, output) => {
    service.answer(good);
    const error = await failure(service.client().matte({ path: png, output: output() }));
    expect(error).toMatchObject({ code: 'store.failed', cost: 'free' });
    expect(service.calls()).toBe(0);
  });

  it('in the end leaves a picture that is charged, and kept', async () => {
    const output = join(folder, 'matte.png');
    service.answer((_request, response) => {
      mkdirSync(output);
      response.end(png);
    });
    const error = await failure(service.client().matte({ path: png, output }));
    expect(error).toMatchObject({ code: 'remote.picture-lost', cost: 'charged', asks: true, retryable: false });
    expect(error.picture).toEqual({ mime: 'image/png', buffer: png });
    expect(JSON.stringify(error)).not.toContain('buffer');
    expect(readdirSync(folder)).toEqual(['matte.png']);
  });

  it('is made when it can be', async () => {
    const output = join(folder, 'matte.png');
    service.answer(good);
    await service.client().matte({ path: png, output });
    expect(existsSync(output) && readFileSync(output).equals(png)).toBe(true);
    expect(readdirSync(folder)).toEqual(['matte.png']);
  });
});
