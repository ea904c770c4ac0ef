import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRembgClient, type RembgClient } from '../../../server/src/engines/remote';
import { RemoteError } from '../../../server/src/engines/remote/errors';
import type { Fault } from '../../rembg-server/faults';
import { startRembgServer, type RembgServer } from '../../rembg-server/server';
import { picture } from './pictures';

/** Every way the service can break, 50 calls each: nothing hangs, nothing is paid twice, nothing unknown is repeated. */

const runs = 50;
const atOnce = 10;
const timeouts = { connect: 500, upload: 500, headers: 500, body: 500, total: 2000 };
/** For what is expected to succeed, however busy the machine. */
const patience = { connect: 5000, upload: 5000, headers: 5000, body: 5000, total: 15_000 };
/** The clock of a busy machine. */
const slackMs = 1500;
const retries = 2;

let server: RembgServer;
let client: RembgClient;
let png: Buffer;

beforeAll(async () => {
  png = await picture(16, 16);
});
beforeEach(async () => {
  server = await startRembgServer();
  client = connect(timeouts);
});
afterEach(async () => {
  await server.stop();
  await client.close();
});

const connect = (limits: typeof timeouts) =>
  createRembgClient({
    apiKey: server.keys.premium,
    apiUrl: server.apiUrl,
    accountUrl: server.accountUrl,
    connections: atOnce,
    timeouts: limits,
    retry: { retries, baseMs: 2, maxMs: 5 },
  });

const outlasts = (fault: Fault) => 'ms' in fault && fault.ms > timeouts.total;

interface Tally {
  /** `ok`, or the error's code, with how often. */
  outcomes: Record<string, number>;
  charged: number;
  unknown: number;
  slowestMs: number;
}

async function tally(total = runs, before?: (index: number) => void): Promise<Tally> {
  const result: Tally = { outcomes: {}, charged: 0, unknown: 0, slowestMs: 0 };
  let next = 0;
  const worker = async () => {
    while (next < total) {
      before?.(next);
      next += 1;
      const start = performance.now();
      const outcome = await client.removeBackground({ path: png }).then(
        () => 'ok',
        (error: unknown) => {
          if (!(error instanceof RemoteError)) throw error;
          if (error.cost === 'unknown') result.unknown += 1;
          if (error.cost === 'charged') result.charged += 1;
          return error.code;
        },
      );
      if (outcome === 'ok') result.charged += 1;
      result.outcomes[outcome] = (result.outcomes[outcome] ?? 0) + 1;
      result.slowestMs = Math.max(result.slowestMs, performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return result;
}

const paidCalls = () => server.calls.filter(({ endpoint }) => endpoint === 'rmbg').length;

type Expected = {
  outcome: string;
  /** Requests the server saw per call. */
  requests: number;
  /** Credits the server took per call; `null` when it depends on who was faster. */
  credits: 0 | 1 | null;
};
const ok: Expected = { outcome: 'ok', requests: 1, credits: 1 };
const lost: Expected = { outcome: 'remote.outcome-unknown', requests: 1, credits: 1 };

const cases: [string, Fault, Expected][] = [
  ['a slow upload', { kind: 'slow-upload', ms: 20 }, ok],
  ['an upload slower than the limit', { kind: 'slow-upload', ms: 4000 }, { ...lost, credits: null }],
  ['a reset before the service took the body', { kind: 'reset-before-body' }, { ...lost, credits: 0 }],
  ['a reset after the body was received', { kind: 'reset-after-body' }, lost],
  ['a slow answer', { kind: 'slow-answer', ms: 60 }, ok],
  ['an answer slower than the limit', { kind: 'slow-answer', ms: 4000 }, lost],
  ['a slow download', { kind: 'slow-download', ms: 80 }, ok],
  ['a download with pauses longer than the limit', { kind: 'slow-download', ms: 12_000 }, lost],
  ['a download longer than the whole call may last', { kind: 'slow-download', ms: 2800 }, lost],
  ['a truncated body', { kind: 'truncated', ending: 'reset' }, lost],
  ['a truncated body that ends cleanly', { kind: 'truncated', ending: 'clean' }, lost],
  [
    'a 500 of the service',
    { kind: 'server-error', status: 500, from: 'service' },
    { outcome: 'remote.server-error', requests: 2, credits: 0 },
  ],
  [
    'a 503 of the service with Retry-After',
    { kind: 'server-error', status: 503, from: 'service', retryAfter: '0' },
    { outcome: 'remote.server-error', requests: 2, credits: 0 },
  ],
  ['a 502 of a gateway', { kind: 'server-error', status: 502, from: 'gateway' }, lost],
  ['a 504 of a gateway', { kind: 'server-error', status: 504, from: 'gateway' }, lost],
  ['a short-term 429', { kind: 'rate-limit' }, { outcome: 'remote.rate-limited', requests: 1 + retries, credits: 0 }],
  ['an HTML page as the picture', { kind: 'html-page' }, lost],
  ['the right picture under the wrong type', { kind: 'wrong-type' }, ok],
  ['a picture of the wrong kind', { kind: 'wrong-format' }, { ...lost, outcome: 'remote.picture-lost' }],
];

it.each(cases)(
  '%s: 50 calls end in time and agree with the bill',
  async (_name, fault, { outcome, requests, credits }) => {
    const limits = outlasts(fault) ? timeouts : patience;
    await client.close();
    client = connect(limits);
    server.setFault(fault);
    const result = await tally();
    expect(result.outcomes).toEqual({ [outcome]: runs });
    expect(result.slowestMs).toBeLessThan(limits.total + slackMs);
    expect(paidCalls()).toBe(runs * requests);
    const billed = server.credits.charged();
    if (credits !== null) expect(billed).toBe(runs * credits);
    expect(billed).toBeLessThanOrEqual(result.charged + result.unknown);
    expect(billed).toBeGreaterThanOrEqual(result.charged);
  },
  30_000,
);

it('a failure that passes costs one credit in the end', async () => {
  await client.close();
  client = connect(patience);
  server.setFault({ kind: 'server-error', status: 500, from: 'service' }, 1);
  await expect(client.removeBackground({ path: png })).resolves.toMatchObject({ kind: 'webp' });
  server.setFault({ kind: 'rate-limit', retryAfter: '0' }, 2);
  await expect(client.removeBackground({ path: png })).resolves.toMatchObject({ kind: 'webp' });
  expect(server.credits.charged()).toBe(2);
});

it('a redirect is not followed: 50 calls, and the other host hears nothing', async () => {
  const heard: unknown[] = [];
  const elsewhere = createServer((request, response) => {
    heard.push(request.headers);
    response.end();
  });
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = elsewhere.address() as AddressInfo;
    server.setFault({ kind: 'redirect', to: `http://127.0.0.1:${port}/rmbg` });
    const { outcomes } = await tally();
    expect(outcomes).toEqual({ 'remote.redirected': runs });
    expect(heard).toEqual([]);
    expect(server.credits.charged()).toBe(0);
  } finally {
    elsewhere.close();
  }
}, 30_000);

it('all of them mixed: the bill lies between what was received and what may have been charged', async () => {
  const faults = cases.map(([, fault]) => fault).filter((fault) => !outlasts(fault));
  const result = await tally(200, (index) => {
    server.setFault(faults[(index * 7) % faults.length] ?? null, 1 + (index % 3));
  });
  const billed = server.credits.charged();
  expect(result.slowestMs).toBeLessThan(timeouts.total + slackMs);
  expect(billed).toBeGreaterThanOrEqual(result.charged);
  expect(billed).toBeLessThanOrEqual(result.charged + result.unknown);
}, 30_000);

describe('a body too large for the buffers on the way', () => {
  const large = () => Buffer.concat([png, Buffer.alloc(40 * 1024 * 1024)]);

  it('costs nothing when the service stops reading it', async () => {
    server.setFault({ kind: 'slow-upload', ms: 30_000 });
    const start = performance.now();
    await expect(client.removeBackground({ path: large() })).rejects.toMatchObject({
      code: 'remote.timeout',
      cost: 'free',
    });
    expect(performance.now() - start).toBeLessThan(timeouts.total + slackMs);
    expect(server.credits.charged()).toBe(0);
  }, 20_000);

  it('is sent again when the connection broke on the way, and paid once', async () => {
    server.setFault({ kind: 'reset-before-body' }, 1);
    const patient = createRembgClient({
      apiKey: server.keys.premium,
      apiUrl: server.apiUrl,
      timeouts: { total: 20_000 },
    });
    const body = Buffer.concat([await picture(1200, 1200), Buffer.alloc(30 * 1024 * 1024)]);
    await expect(patient.removeBackground({ path: body })).resolves.toMatchObject({ kind: 'webp' });
    await patient.close();
    expect(paidCalls()).toBe(2);
    expect(server.credits.charged()).toBe(1);
  }, 30_000);
});

describe('a caller that gives up', () => {
  const cancelled = async (fault: Fault, afterMs: number, body = png) => {
    server.setFault(fault);
    const giveUp = new AbortController();
    setTimeout(() => giveUp.abort(), afterMs);
    const start = performance.now();
    const error: unknown = await client
      .removeBackground({ path: body, signal: giveUp.signal })
      .catch((reason: unknown) => reason);
    expect(performance.now() - start).toBeLessThan(afterMs + 1000);
    return error;
  };

  it('is told that the work may have been done', async () => {
    await client.close();
    client = connect(patience);
    const error = await cancelled({ kind: 'slow-answer', ms: 4000 }, 700);
    expect(error).toMatchObject({ code: 'job.cancelled', cost: 'unknown' });
    expect(server.credits.charged()).toBe(1);
  });

  it('is told that it was not, while the body was on its way', async () => {
    const body = Buffer.concat([png, Buffer.alloc(40 * 1024 * 1024)]);
    const error = await cancelled({ kind: 'slow-upload', ms: 5000 }, 300, body);
    expect(error).toMatchObject({ code: 'job.cancelled', cost: 'free' });
    expect(server.credits.charged()).toBe(0);
  });

  it('stops the pause before another try', async () => {
    await client.close();
    client = connect(patience);
    const error = await cancelled({ kind: 'rate-limit', retryAfter: '10' }, 700);
    expect(error).toMatchObject({ code: 'job.cancelled', cost: 'free' });
  });

  it('sends nothing when it gave up before', async () => {
    await expect(client.removeBackground({ path: png, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'job.cancelled',
      cost: 'free',
    });
    expect(server.calls).toHaveLength(0);
  });
});

it('an unreachable service is tried again, then named', async () => {
  const away = createRembgClient({
    apiKey: 'key',
    apiUrl: 'http://127.0.0.1:9',
    retry: { retries: 1, baseMs: 1, maxMs: 1 },
    timeouts,
  });
  await expect(away.removeBackground({ path: png })).rejects.toMatchObject({
    code: 'remote.unreachable',
    cost: 'free',
  });
  await away.close();
});

it('an answer larger than the bound is not read to its end', async () => {
  const strict = createRembgClient({
    apiKey: server.keys.premium,
    apiUrl: server.apiUrl,
    maxAnswerBytes: 100,
    timeouts,
  });
  const request = strict.removeBackground({ path: png });
  await expect(request).rejects.toMatchObject({ code: 'remote.picture-lost', cost: 'charged' });
  await strict.close();
  expect(server.credits.charged()).toBe(1);
});
