import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findCard } from '../../../server/src/engines/local/cards';
import { packageRoot } from '../../../server/src/package-root';
import { createPool } from '../../../server/src/pool';
import type { CutoutTask, Pool } from '../../../server/src/pool/contract';
import { parseComposeOptions } from '../../../server/src/options';
import { buildWorker } from '../../support/worker';
import { quadrants, sharpOf } from '../imaging/pictures';

/** A machine whose ONNX runtime cannot be loaded: another C library, files of another platform, or none at all. */
describe.each<[string, string | null]>([
  ['is not installed', null],
  ['has a native part that does not load', "throw new Error('Error loading shared library ld-linux-x86-64.so.2');"],
])('where onnxruntime-node %s', (_what, code) => {
  let folder: string;
  let pool: Pool;
  const limits = { maxPixels: 1e6, transparencyThreshold: null };

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'cutout-no-runtime-'));
    const workerFile = path.join(folder, 'dist/worker/index.js');
    mkdirSync(path.dirname(workerFile), { recursive: true });
    cpSync(buildWorker(`no-runtime-${code === null}`), workerFile);
    linkPackages(folder, 'onnxruntime-node');
    if (code !== null) {
      const broken = path.join(folder, 'node_modules/onnxruntime-node');
      mkdirSync(broken);
      writeFileSync(path.join(broken, 'index.js'), code);
    }
    await sharpOf(quadrants(64, 48)).removeAlpha().png().toFile(path.join(folder, 'photo.png'));
    pool = createPool({ workers: 1, idleTimeoutMs: 5000, workerFile });
  });
  afterAll(async () => {
    await pool.destroy();
    rmSync(folder, { recursive: true, force: true });
  });

  const cutout = (matte: CutoutTask['matte']) => {
    const outDir = mkdtempSync(path.join(folder, 'out-'));
    const parsed = parseComposeOptions({});
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
    const variants = [{ key: 'cutout', options: parsed.options }];
    const task = {
      source: path.join(folder, 'photo.png'),
      matte,
      limits,
      refine: true,
      outDir,
      writeMatte: true,
      variants,
    };
    return pool.run('cutout', task, { timeoutMs: 60_000 });
  };

  it('pictures are converted for the remote engine, and composed from its mattes', async () => {
    const source = path.join(folder, 'photo.png');
    const convert = {
      source,
      output: path.join(folder, 'sent'),
      accept: ['jpeg'],
      maxWidth: 32,
      maxHeight: 32,
      maxBytes: 1e6,
    };
    expect((await pool.run('convert', convert, { timeoutMs: 60_000 })).file).toMatchObject({ width: 32, ext: '.jpg' });
    const { variants } = await cutout({ kind: 'file', path: source });
    expect(variants).toMatchObject([{ key: 'cutout', width: 64, height: 48 }]);
  });

  it('a run of the model fails in one sentence each time, and the child goes on', async () => {
    const card = findCard('isnet-fp16');
    const model = {
      kind: 'model' as const,
      card,
      weights: '/nowhere',
      threads: 1,
      executionProviders: ['cpu'],
      effort: 'balanced' as const,
      noSubject: 'keep' as const,
    };
    for (let tries = 0; tries < 2; tries++) {
      await expect(cutout(model)).rejects.toMatchObject({
        code: 'model.runtime-missing',
        status: 503,
        message: expect.stringMatching(/^ONNX Runtime could not be loaded: [^\n]*npm rebuild onnxruntime-node/),
      });
    }
    expect((await cutout({ kind: 'file', path: path.join(folder, 'photo.png') })).variants).toHaveLength(1);
  });
});

/** The packages this one depends on, without one of them. */
function linkPackages(folder: string, without: string): void {
  const root = packageRoot(__dirname);
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  mkdirSync(path.join(folder, 'node_modules'));
  for (const name of Object.keys(manifest.dependencies).filter((name) => name !== without)) {
    const link = path.join(folder, 'node_modules', name);
    // A scoped name has a folder of its own.
    mkdirSync(path.dirname(link), { recursive: true });
    symlinkSync(path.join(root, 'node_modules', name), link, 'dir');
  }
}
