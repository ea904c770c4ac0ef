import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { createRembgClient, type RembgClientConfig } from '../../../server/src/engines/remote';
import { rembg } from '../../../server/src/engines/remote/rembg';
import type { Fault } from '../../rembg-server/faults';
import { rows, type RowName } from '../../rembg-server/rows';
import { startRembgServer, type RembgServer } from '../../rembg-server/server';
import { picture } from './pictures';

/** The API key is in no error, no log and no request to another host, whatever goes wrong. */

let server: RembgServer;
let png: Buffer;
let apiKey: string;
const printed: string[] = [];
const spies: jest.SpyInstance[] = [];

beforeAll(async () => {
  server = await startRembgServer();
  png = await picture(16, 16);
  apiKey = server.keys.premium;
});
beforeEach(() => {
  const keep = (...parts: unknown[]) => void printed.push(parts.map((part) => inspect(part, { depth: 10 })).join(' '));
  for (const name of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    spies.push(jest.spyOn(console, name).mockImplementation(keep));
  }
  spies.push(jest.spyOn(process, 'emitWarning').mockImplementation(keep));
});
afterEach(() => {
  spies.splice(0).forEach((spy) => spy.mockRestore());
  expect(printed.splice(0)).toEqual([]);
});
afterAll(() => server.stop());

/** Everything of an error that a log could write, hidden and nested parts too. */
function everything(error: unknown): string {
  const causes: string[] = [];
  for (let link = error; link instanceof Error; link = link.cause) {
    causes.push(link.message, String(link.stack), JSON.stringify(link));
  }
  return [inspect(error, { depth: 20, showHidden: true, maxStringLength: null }), ...causes].join('\n');
}

async function errorOf(config: Partial<RembgClientConfig> = {}, call: 'paid' | 'account' = 'paid'): Promise<unknown> {
  const client = createRembgClient({
    apiKey,
    apiUrl: server.apiUrl,
    accountUrl: server.accountUrl,
    retry: { retries: 1, baseMs: 1, maxMs: 2 },
    timeouts: { total: 1000, headers: 200, body: 200 },
    ...config,
  });
  try {
    return await (call === 'paid' ? client.removeBackground({ path: png }) : client.membership()).then(
      () => null,
      (error: unknown) => error,
    );
  } finally {
    await client.close();
  }
}

async function listening(http: Server): Promise<string> {
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

const faults: Fault[] = [
  { kind: 'reset-before-body' },
  { kind: 'reset-after-body' },
  { kind: 'slow-answer', ms: 600 },
  { kind: 'slow-download', ms: 4000 },
  { kind: 'truncated', ending: 'reset' },
  { kind: 'truncated', ending: 'clean' },
  { kind: 'server-error', status: 500, from: 'service' },
  { kind: 'server-error', status: 502, from: 'gateway' },
  { kind: 'rate-limit', retryAfter: '60' },
  { kind: 'html-page' },
  { kind: 'wrong-format' },
  { kind: 'redirect', to: 'http://127.0.0.1:9/' },
  ...(Object.keys(rows) as RowName[]).map((row): Fault => ({ kind: 'row', row })),
];

it.each(faults)('no error tells the key: %j', async (fault) => {
  server.setFault(fault);
  const error = await errorOf();
  server.setFault(null);
  expect(error).toBeInstanceOf(Error);
  expect(everything(error)).not.toContain(apiKey);
});

it('a service that quotes the key in its answer is not repeated', async () => {
  const echo = createServer((request, response) => {
    response.writeHead(401, { 'content-type': 'application/json' });
    request.resume().once('end', () => {
      response.end(JSON.stringify({ error: `invalid api key ${String(request.headers['x-api-key'])}`, status: 401 }));
    });
  });
  const apiUrl = await listening(echo);
  const error = await errorOf({ apiUrl, accountUrl: apiUrl });
  const account = await errorOf({ apiUrl, accountUrl: apiUrl }, 'account');
  echo.close();
  expect(everything(error)).toContain('invalid api key ***');
  expect(everything([error, account])).not.toContain(apiKey);
});

it.each(['with a\nnewline', 'with a space', 'ключ'])(
  'a key that no header can carry is refused unquoted: %j',
  async (bad) => {
    expect(() => createRembgClient({ apiKey: bad })).toThrow('remote.apiKey');
    const error: unknown = await rembg({ apiKey: bad, inputImage: png }).catch((reason: unknown) => reason);
    expect(everything(error)).not.toContain(bad.split('\n')[0]);
  },
);

it('a password in a wrong URL is not quoted', () => {
  const wrong = () => createRembgClient({ apiKey, apiUrl: 'http://user:secret@example.com/?token=secret' });
  expect(wrong).toThrow('remote.apiUrl');
  expect(wrong).not.toThrow('secret');
});

it('a client and its circuit show no key', async () => {
  const client = createRembgClient({ apiKey, apiUrl: server.apiUrl });
  server.setFault({ kind: 'row', row: 'invalid-key' }, 1);
  await client.removeBackground({ path: png }).catch(() => null);
  const shown = inspect(client, { depth: 20, showHidden: true }) + JSON.stringify(client.circuit.state());
  await client.close();
  expect(shown).toContain('open');
  expect(shown).not.toContain(apiKey);
});

describe('with proxies in the environment', () => {
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy', 'NO_PROXY', 'no_proxy'];
  const before = names.map((name) => [name, process.env[name]] as const);
  const heard: { method: string | undefined; url: string | undefined; headers: string }[] = [];
  let proxy: Server;

  beforeAll(async () => {
    const note = ({ method, url, headers }: IncomingMessage) =>
      void heard.push({ method, url, headers: JSON.stringify(headers) });
    proxy = createServer((request, response) => {
      note(request);
      response.writeHead(502).end();
    });
    proxy.on('connect', (request, socket) => {
      note(request);
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    const url = await listening(proxy);
    for (const name of names) delete process.env[name];
    Object.assign(process.env, { HTTP_PROXY: url, HTTPS_PROXY: url });
  });
  afterEach(() => heard.splice(0));
  afterAll(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    proxy.close();
  });

  it('reaches the service through a tunnel, in which the proxy sees no header of the call', async () => {
    const error = await errorOf({ apiUrl: 'https://api.rembg.test', accountUrl: 'https://www.rembg.test' });
    expect(error).toMatchObject({ code: 'remote.unreachable', cost: 'free' });
    expect(heard.length).toBeGreaterThan(0);
    for (const { method, url, headers } of heard) {
      expect([method, url]).toEqual(['CONNECT', 'api.rembg.test:443']);
      expect(headers).not.toContain(apiKey);
    }
    expect(everything(error)).not.toContain(apiKey);
  });

  it('lets rembg() speak to no host but the one that makes pictures', async () => {
    const call = { apiKey: server.keys.empty, apiUrl: server.apiUrl, inputImage: png };
    await expect(rembg(call)).rejects.toMatchObject({ code: 'remote.monthly-limit' });
    expect(heard).toEqual([]);
  });

  it('goes around the proxy for this machine, where plain HTTP would show the key', async () => {
    expect(await errorOf()).toBeNull();
    expect(heard).toEqual([]);
  });
});
