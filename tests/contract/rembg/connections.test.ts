import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RembgClient, RembgClientConfig } from '../../../server/src/engines/remote';
import { RemoteError } from '../../../server/src/engines/remote/errors';
import { startOddService, type OddService, type Respond } from './odd-service';
import { picture } from './pictures';

/** Whatever becomes of a call, its connection is free for the next: two connections, ten such calls, then a good one. */

const large = Buffer.alloc(8 * 1024 * 1024, 'x');
let png: Buffer;
let folder: string;
let service: OddService;

beforeAll(async () => {
  png = await picture(16, 16);
  folder = mkdtempSync(join(tmpdir(), 'cutout-connections-'));
});
beforeEach(async () => {
  service = await startOddService();
});
afterEach(() => service.stop());
afterAll(() => rmSync(folder, { recursive: true }));

const good: Respond = (_request, response) => response.end(png);
const told =
  (status: number, headers: Record<string, string>, body: Buffer | string): Respond =>
  (_request, response) =>
    response.writeHead(status, headers).end(body);
const early = (respond: Respond): Respond => Object.assign(respond, { early: true });
const type = { 'content-type': 'application/json' };
const whole = { 'content-type': 'image/png', 'content-length': String(large.length) };
const bigPicture = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), large]);

type Case = { name: string; respond: Respond; config?: Partial<RembgClientConfig> };
const cases: Case[] = (
  [
    ['an error with a huge body', told(400, type, large)],
    ['a refused key with a huge body', told(401, type, large)],
    ['a gateway that fails with a huge page', told(502, { 'content-type': 'text/html' }, large)],
    ['an answer that says it is too large', told(200, whole, large), { maxAnswerBytes: 1000 }],
    ['a chunked answer that is too large', told(200, {}, bigPicture), { maxAnswerBytes: 1000 }],
    ['no picture at all', told(200, { 'content-type': 'text/html' }, large)],
    ['a redirect with a huge body', told(307, { location: 'http://127.0.0.1:9/' }, large)],
    ['no content', told(204, {}, '')],
    ['part of a picture', told(206, {}, bigPicture)],
    ['an answer before the upload is read', early(told(413, type, '{"error":"too large","status":413}'))],
    ['an answer without end', (_request, response) => void response.write(bigPicture), { timeouts: { total: 300 } }],
    ['a page packed as what it is not', told(200, { 'content-encoding': 'gzip' }, large)],
  ] as [string, Respond, Partial<RembgClientConfig>?][]
).map(([name, respond, config]) => ({ name, respond, config }));

async function after(client: RembgClient, respond: Respond, calls: () => Promise<unknown>): Promise<void> {
  service.answer(respond);
  for (let call = 0; call < 10; call += 1) {
    await calls();
    // A stop would keep the next call from being sent.
    client.circuit.reset();
  }
  service.answer(good);
  const start = performance.now();
  await expect(client.matte({ path: png })).resolves.toMatchObject({ kind: 'png' });
  expect(performance.now() - start).toBeLessThan(2000);
}

it.each(cases)(
  '$name frees its connection',
  async ({ respond, config }) => {
    const client = service.client(config);
    await after(client, respond, () => expect(client.matte({ path: png })).rejects.toBeInstanceOf(RemoteError));
    expect(service.calls()).toBe(11);
  },
  20_000,
);

it('a body on its way, of which the service reads nothing, frees its connection and its file', async () => {
  const client = service.client();
  const body = Buffer.concat([png, Buffer.alloc(20 * 1024 * 1024)]);
  const respond = early(told(401, type, '{"error":"invalid api key","status":401}'));
  await after(client, respond, () => expect(client.matte({ path: body })).rejects.toMatchObject({ cost: 'free' }));
}, 20_000);

it('a caller that gives up in the middle of the answer frees its connection', async () => {
  const client = service.client();
  const respond: Respond = (_request, response) => void response.write(bigPicture);
  await after(client, respond, () => {
    const giveUp = new AbortController();
    const call = client.matte({
      path: png,
      output: join(folder, 'given-up.png'),
      signal: giveUp.signal,
      onDownloadProgress: () => giveUp.abort(),
    });
    return expect(call).rejects.toMatchObject({ code: 'job.cancelled', cost: 'unknown' });
  });
  expect(readdirSync(folder)).toEqual([]);
}, 20_000);

it('a slow reader does not break a connection that the service closes', async () => {
  const answer = Buffer.concat([png.subarray(0, -12), Buffer.alloc(4 * 1024 * 1024), png.subarray(-12)]);
  const client = service.client();
  service.answer((_request, response) => {
    response.writeHead(200, { connection: 'close', 'content-length': answer.length }).end(answer);
  });
  const busy = () => {
    const until = performance.now() + 20;
    while (performance.now() < until);
  };
  const output = join(folder, 'slow.png');
  const call = client.matte({ path: png, output, onDownloadProgress: busy });
  await expect(call).resolves.toMatchObject({ bytes: answer.length });
  rmSync(output);
});

describe('listeners that fail', () => {
  const thrown = () => {
    throw new Error('a listener of somebody else');
  };
  const rejected = () => Promise.reject(new Error('a listener of somebody else'));

  it.each([
    ['by throwing', thrown],
    ['later', rejected],
  ])('%s cost no picture', async (_how, listener) => {
    service.answer(good);
    const client = service.client();
    const call = { path: png, onUploadProgress: listener, onDownloadProgress: listener };
    for (let at = 0; at < 5; at += 1) await expect(client.matte(call)).resolves.toMatchObject({ kind: 'png' });
    expect(service.calls()).toBe(5);
  });

  it('break no call and no state when they listen to the circuit', async () => {
    service.answer(told(401, type, '{"error":"invalid api key","status":401}'));
    const client = service.client({ onCircuitChange: thrown });
    await expect(client.matte({ path: png })).rejects.toMatchObject({ code: 'remote.invalid-key', cost: 'free' });
    expect(client.circuit.state()).toMatchObject({ kind: 'open' });
  });
});
