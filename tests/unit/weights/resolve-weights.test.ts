import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { resolveWeights, type WeightsProgress } from '../../../server/src/engines/local/weights';
import { chunkedPackage, fakeModel, installPackage, sha256 } from '../../support/weights';

describe('resolveWeights', () => {
  let root: string;
  let cacheDir: string;
  let modelsDir: string;
  beforeEach(() => {
    root = mkdtempSync(path.join(os.tmpdir(), 'cutout-weights-'));
    cacheDir = path.join(root, 'cache');
    modelsDir = path.join(root, 'models');
    mkdirSync(modelsDir);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const { bytes, card } = fakeModel();
  const resolve = (extra: { onProgress?: (progress: WeightsProgress) => void; signal?: AbortSignal } = {}) =>
    resolveWeights(card, { modelsDir, cacheDir, searchFrom: [root], ...extra });
  const cached = () => path.join(cacheDir, 'fake.onnx');
  const cacheFiles = () => readdirSync(cacheDir).sort();

  test('a configured file wins over cache and package, and is left where it is', async () => {
    writeFileSync(path.join(modelsDir, 'fake.onnx'), bytes);
    installPackage(root, chunkedPackage(bytes));
    expect(await resolve()).toBe(path.join(modelsDir, 'fake.onnx'));
    expect(cacheFiles()).toEqual(['verified']);
  });

  test('an installed package is assembled into the cache once, leaving nothing else behind', async () => {
    const packageDir = installPackage(root, chunkedPackage(bytes));
    expect(await resolve()).toBe(cached());
    expect(readFileSync(cached()).equals(bytes)).toBe(true);
    expect(cacheFiles()).toEqual(['fake.onnx', 'verified']);
    rmSync(packageDir, { recursive: true });
    expect(await resolve()).toBe(cached());
  });

  test('many callers at once get the same whole file, assembled by one of them', async () => {
    installPackage(root, chunkedPackage(bytes));
    const seen: WeightsProgress[] = [];
    const onProgress = (progress: WeightsProgress) => void seen.push(progress);
    const paths = await Promise.all(Array.from({ length: 5 }, () => resolve({ onProgress })));
    expect(new Set(paths)).toEqual(new Set([cached()]));
    const assembled = seen.filter(({ phase, bytes: done, total }) => phase === 'assemble' && done === total);
    expect(assembled).toHaveLength(1);
  });

  test('the bytes are hashed at the first use and after any change, else a marker vouches for them', async () => {
    writeFileSync(path.join(modelsDir, 'fake.onnx'), bytes);
    const phases: string[] = [];
    const onProgress = ({ phase }: WeightsProgress) => void phases.push(phase);
    await resolve({ onProgress });
    expect(phases).toContain('verify');
    phases.length = 0;
    await resolve({ onProgress });
    expect(phases).toEqual([]);
    const { atime, mtime } = statSync(path.join(modelsDir, 'fake.onnx'));
    const changed = Buffer.from(bytes);
    changed[1000]! ^= 1;
    writeFileSync(path.join(modelsDir, 'fake.onnx'), changed);
    utimesSync(path.join(modelsDir, 'fake.onnx'), atime, mtime);
    await expect(resolve()).rejects.toMatchObject({ code: 'model.corrupt' });
  });

  test.each(['configured', 'cached'])('a corrupt %s file is named with both checksums and a remedy', async (place) => {
    const wrong = Buffer.from('not the weights');
    mkdirSync(cacheDir, { recursive: true });
    const file = place === 'cached' ? cached() : path.join(modelsDir, 'fake.onnx');
    writeFileSync(file, wrong);
    const error = await resolve().catch((reason: Error) => reason);
    expect(error).toMatchObject({ code: 'model.corrupt', waits: true });
    for (const part of [file, sha256(bytes), sha256(wrong), '15 bytes instead of 300000'])
      expect((error as Error).message).toContain(part);
  });

  test('a corrupt chunk of a package is named, and nothing is left in the cache', async () => {
    const files = chunkedPackage(bytes);
    const name = [...files.keys()].find((file) => files.get(file)!.length === 65_536)!;
    files.set(name, Buffer.alloc(65_536));
    const packageDir = installPackage(root, files);
    await expect(resolve()).rejects.toMatchObject({
      code: 'model.corrupt',
      message: expect.stringContaining(path.join(packageDir, name)),
    });
    expect(cacheFiles()).toEqual([]);
  });

  test('a missing chunk of a package is named', async () => {
    const files = chunkedPackage(bytes);
    const packageDir = installPackage(root, files);
    const name = [...files.keys()].find((file) => files.get(file)!.length === 65_536)!;
    unlinkSync(path.join(packageDir, name));
    await expect(resolve()).rejects.toMatchObject({ code: 'model.corrupt', message: expect.stringContaining(name) });
  });

  test('a package whose index promises other chunks is refused', async () => {
    const files = chunkedPackage(bytes);
    files.set('dist/resources.json', Buffer.from('{"/models/other":{"chunks":[],"size":1}}'));
    installPackage(root, files);
    await expect(resolve()).rejects.toMatchObject({
      code: 'model.corrupt',
      message: expect.stringContaining('resources.json'),
    });
  });

  test('a chunk name that is a path is never read', async () => {
    const files = chunkedPackage(bytes);
    const index = JSON.parse(files.get('dist/resources.json')!.toString());
    index['/models/fake'].chunks[0].hash = '../../../../etc/passwd';
    files.set('dist/resources.json', Buffer.from(JSON.stringify(index)));
    installPackage(root, files);
    await expect(resolve()).rejects.toMatchObject({ code: 'model.corrupt' });
  });

  test('missing weights name every place looked at and the remedies', async () => {
    const error = await resolve().catch((reason: Error) => reason);
    expect(error).toMatchObject({ code: 'model.missing' });
    for (const part of [path.join(modelsDir, 'fake.onnx'), cached(), '@fake/weights', 'cutout models pull fake'])
      expect((error as Error).message).toContain(part);
  });

  test('a cache folder that cannot be made is said so', async () => {
    installPackage(root, chunkedPackage(bytes));
    writeFileSync(cacheDir, 'a file, no folder');
    await expect(resolve()).rejects.toMatchObject({ code: 'model.cache', message: expect.stringContaining(cacheDir) });
  });

  test('an abort ends the work and leaves nothing behind', async () => {
    installPackage(root, chunkedPackage(bytes));
    const abort = new AbortController();
    const onProgress = () => abort.abort();
    await expect(resolve({ signal: abort.signal, onProgress })).rejects.toMatchObject({ name: 'AbortError' });
    expect(cacheFiles()).toEqual([]);
  });

  test('temporary files and the lock of a killed process are cleared away', async () => {
    installPackage(root, chunkedPackage(bytes));
    mkdirSync(path.join(cacheDir, 'fake.onnx.lock'), { recursive: true });
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(path.join(cacheDir, 'fake.onnx.lock'), longAgo, longAgo);
    writeFileSync(path.join(cacheDir, 'fake.onnx.0000.tmp'), 'half');
    expect(await resolve()).toBe(cached());
    expect(cacheFiles()).toEqual(['fake.onnx', 'verified']);
  });

  test('the wait for another process is bounded', async () => {
    installPackage(root, chunkedPackage(bytes));
    mkdirSync(path.join(cacheDir, 'fake.onnx.lock'), { recursive: true });
    await expect(resolveWeights(card, { modelsDir, cacheDir, searchFrom: [root], waitMs: 300 })).rejects.toMatchObject({
      code: 'model.download-failed',
      retryable: true,
    });
  });
});
