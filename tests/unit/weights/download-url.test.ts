import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  pullWeights,
  resolveWeights,
  type DownloadSettings,
  type WeightsProgress,
} from '../../../server/src/engines/local/weights';
import { answer, cutAfter, type FileServer, hang, reset, startFileServer, startProxy } from '../../support/file-server';
import { fakeModel, sha256 } from '../../support/weights';

const timeouts = { connectMs: 2000, headersMs: 300, idleMs: 300 };

describe('downloading weights from a URL', () => {
  let server: FileServer;
  let cacheDir: string;
  const { bytes } = fakeModel();
  let card = fakeModel(bytes).card;

  beforeEach(async () => {
    server = await startFileServer(new Map([['/release/fake-v7.onnx', { bytes }]]));
    cacheDir = mkdtempSync(path.join(os.tmpdir(), 'cutout-download-'));
    card = fakeModel(bytes, { sources: [{ kind: 'url', url: `${server.url}/release/fake-v7.onnx` }] }).card;
  });
  afterEach(async () => {
    await server.stop();
    rmSync(cacheDir, { recursive: true, force: true });
  });

  const cached = () => path.join(cacheDir, 'fake.onnx');
  const part = () => `${cached()}.part`;
  const resolve = (
    settings: DownloadSettings = {},
    extra: { signal?: AbortSignal; onProgress?: (progress: WeightsProgress) => void } = {},
  ) =>
    resolveWeights(card, {
      modelsDir: null,
      cacheDir,
      searchFrom: [],
      download: { timeouts, retryDelayMs: 5, ...settings },
      ...extra,
    });
  const ranges = () => server.requests.map(({ range }) => range);

  test('the file is fetched once, verified and cached, with nothing left beside it', async () => {
    expect(await resolve()).toBe(cached());
    expect(readFileSync(cached()).equals(bytes)).toBe(true);
    expect(readdirSync(cacheDir).sort()).toEqual(['fake.onnx', 'verified']);
    await resolve();
    expect(server.requests).toHaveLength(1);
  });

  test('nothing is downloaded when downloading is off', async () => {
    await expect(resolveWeights(card, { modelsDir: null, cacheDir, searchFrom: [] })).rejects.toMatchObject({
      code: 'model.missing',
      message: expect.stringContaining('Downloading is off'),
    });
    expect(server.requests).toEqual([]);
  });

  test('progress counts from 0 to the size of the file', async () => {
    const seen: WeightsProgress[] = [];
    await resolve({}, { onProgress: (progress) => void seen.push(progress) });
    const downloads = seen.filter(({ phase }) => phase === 'download');
    expect(downloads.at(-1)).toEqual({ phase: 'download', bytes: bytes.length, total: bytes.length });
    expect(downloads.map((progress) => progress.bytes)).toEqual(
      downloads.map((progress) => progress.bytes).sort((a, b) => a - b),
    );
  });

  test('a connection that is cut goes on where it stopped', async () => {
    server.failNext(cutAfter(bytes, 100_000), cutAfter(bytes, 50_000));
    await resolve();
    expect(readFileSync(cached()).equals(bytes)).toBe(true);
    expect(ranges()).toEqual([undefined, 'bytes=100000-', 'bytes=150000-']);
  });

  test('resets, silence and busy answers are tried again', async () => {
    server.failNext(reset, hang, answer(503));
    await resolve();
    expect(server.requests).toHaveLength(4);
  });

  test('a server that never works ends in a failure that says why and how often', async () => {
    server.failNext(...Array.from({ length: 10 }, () => answer(503)));
    await expect(resolve()).rejects.toMatchObject({
      code: 'model.download-failed',
      retryable: true,
      message: `Downloading ${server.url}/release/fake-v7.onnx failed: the server answered 503, 4 tries. Remedies: run "npx cutout models pull fake" once that can be reached, or name a mirror that can be reached in local.mirror, or put fake.onnx into the folder that local.modelsDir names.`,
    });
    expect(existsSync(cached())).toBe(false);
  });

  test('a file that is not there is not asked for twice', async () => {
    server.files.clear();
    await expect(resolve()).rejects.toMatchObject({ code: 'model.download-failed', message: /answered 404/ });
    expect(server.requests).toHaveLength(1);
  });

  test('a later run goes on with what an earlier one left', async () => {
    server.failNext(cutAfter(bytes, 120_000), answer(404));
    await expect(resolve()).rejects.toMatchObject({ code: 'model.download-failed' });
    expect(readFileSync(part())).toHaveLength(120_000);
    await resolve();
    expect(ranges().at(-1)).toBe('bytes=120000-');
    expect(readFileSync(cached()).equals(bytes)).toBe(true);
  });

  test('an abort keeps what has arrived for the next run', async () => {
    const abort = new AbortController();
    server.failNext((request, response) => {
      response.writeHead(200, { etag: '"v1"', 'content-length': bytes.length });
      response.write(bytes.subarray(0, 80_000));
    });
    const onProgress = ({ bytes: done }: WeightsProgress) => done === 80_000 && abort.abort();
    await expect(resolve({}, { signal: abort.signal, onProgress })).rejects.toMatchObject({ name: 'AbortError' });
    expect(readFileSync(part())).toHaveLength(80_000);
    expect(existsSync(`${cached()}.lock`)).toBe(false);
    await resolve();
    expect(ranges()).toEqual([undefined, 'bytes=80000-']);
  });

  test('a file that changed meanwhile is fetched from its beginning', async () => {
    server.failNext(cutAfter(Buffer.alloc(bytes.length, 7), 100_000, '"v0"'));
    await resolve();
    expect(ranges()).toEqual([undefined, 'bytes=100000-']);
    expect(readFileSync(cached()).equals(bytes)).toBe(true);
  });

  test('without a validator nothing is resumed', async () => {
    server.files.set('/release/fake-v7.onnx', { bytes, etag: null });
    server.failNext((_, response) => {
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, 1000), () => response.destroy());
    });
    await resolve();
    expect(ranges()).toEqual([undefined, undefined]);
  });

  test('a part that is no part of the file is dropped and the file fetched anew', async () => {
    server.failNext(cutAfter(Buffer.alloc(bytes.length, 7), 100_000));
    await resolve();
    expect(ranges()).toEqual([undefined, 'bytes=100000-', undefined]);
    expect(readFileSync(cached()).equals(bytes)).toBe(true);
  });

  test('a wrong file is refused with both checksums, and nothing of it is kept', async () => {
    const wrong = Buffer.alloc(bytes.length, 1);
    server.files.set('/release/fake-v7.onnx', { bytes: wrong });
    const error = (await resolve().catch((reason: Error) => reason)) as Error;
    expect(error).toMatchObject({ code: 'model.corrupt' });
    expect(error.message).toContain(sha256(bytes));
    expect(error.message).toContain(sha256(wrong));
    expect(readdirSync(cacheDir)).toEqual([]);
  });

  test.each([
    ['longer', 300_001],
    ['shorter', 299_999],
  ])('a %s file is refused before it is downloaded', async (_, length) => {
    server.files.set('/release/fake-v7.onnx', { bytes: Buffer.alloc(length) });
    await expect(resolve()).rejects.toMatchObject({
      code: 'model.download-failed',
      message: expect.stringContaining('expected 300000 bytes'),
    });
  });

  test('an endless answer is cut off at the size of the file', async () => {
    server.failNext((_, response) => {
      response.writeHead(200);
      const more = () => {
        if (!response.destroyed) response.write(Buffer.alloc(65_536), more);
      };
      more();
    });
    await expect(resolve()).rejects.toMatchObject({ message: expect.stringContaining('the server sends more') });
  });

  test('a mirror takes the place of everything but the file name', async () => {
    server.files.set('/mirror/models/fake-v7.onnx', { bytes });
    await resolve({ mirror: `${server.url}/mirror/models` });
    expect(server.requests.map((request) => request.path)).toEqual(['/mirror/models/fake-v7.onnx']);
  });

  test("a mirror's user and password are sent to it and shown to nobody", async () => {
    const mirror = server.url.replace('http://', 'http://who:s%40cret@');
    const error = (await resolve({ mirror }).catch((reason: Error) => reason)) as Error;
    expect(server.requests[0]?.authorization).toBe(`Basic ${Buffer.from('who:s@cret').toString('base64')}`);
    expect(error.message).not.toMatch(/who|cret/);
  });

  test('redirects are followed, and a ring of them ends', async () => {
    server.failNext(answer(302, { location: `${server.url}/elsewhere` }));
    server.files.set('/elsewhere', { bytes });
    await resolve();
    rmSync(cached());
    server.files.clear();
    server.failNext(...Array.from({ length: 20 }, () => answer(302, { location: `${server.url}/ring` })));
    await expect(resolve()).rejects.toMatchObject({ code: 'model.download-failed' });
  });

  test('the proxy of the environment is used, except for the hosts of NO_PROXY', async () => {
    const proxy = await startProxy();
    const before = { ...process.env };
    try {
      Object.assign(process.env, { http_proxy: proxy.url, no_proxy: '' });
      await resolve();
      expect(proxy.tunnels).toEqual([new URL(server.url).host]);
      rmSync(cached());
      process.env.no_proxy = '127.0.0.1';
      await resolve();
      expect(proxy.tunnels).toHaveLength(1);
    } finally {
      for (const name of ['http_proxy', 'no_proxy']) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
      await proxy.stop();
    }
  });

  test('callers at the same time share one download', async () => {
    await Promise.all([resolve(), resolve(), resolve()]);
    expect(server.requests).toHaveLength(1);
  });

  test('pulling replaces a corrupt cached file and leaves a sound one alone', async () => {
    writeFileSync(cached(), 'corrupt');
    await expect(resolve()).rejects.toMatchObject({ code: 'model.corrupt' });
    const pull = () => pullWeights(card, { modelsDir: null, cacheDir, searchFrom: [], download: {} });
    expect(await pull()).toBe(cached());
    expect(readFileSync(cached()).equals(bytes)).toBe(true);
    await pull();
    expect(server.requests).toHaveLength(1);
  });

  test('a model that may not earn money is refused unless its licence is accepted by name', async () => {
    card.license = { ...card.license, id: 'CC-BY-NC-4.0', commercial: false };
    await expect(resolve()).rejects.toMatchObject({
      code: 'model.license',
      message: expect.stringContaining('"fake"'),
    });
    expect(server.requests).toEqual([]);
    const accepted = { modelsDir: null, cacheDir, searchFrom: [], download: {}, acceptLicense: ['fake'] };
    expect(await resolveWeights(card, accepted)).toBe(cached());
  });
});
