import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseConfig } from '../../../server/src/config';
import { createLocalModel, type LocalModel } from '../../../server/src/engines/local/local-model';
import { createPool } from '../../../server/src/pool';
import type { Pool } from '../../../server/src/pool/contract';
import { disc, QUICK, writeQuickModel } from '../../support/quick-model';
import { buildWorker } from '../../support/worker';

const machine = { platform: process.platform, arch: process.arch, libc: 'glibc' };
let folder: string;
let weights: string;
let intact: Buffer;
let model: LocalModel;
let pool: Pool;

beforeAll(() => {
  pool = createPool({ workers: 1, idleTimeoutMs: 10_000, workerFile: buildWorker('changed-weights') });
});
afterAll(() => pool.destroy());

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cutout-changed-'));
  const written = writeQuickModel(path.join(folder, 'models'));
  ({ weights } = written);
  intact = readFileSync(weights);
  const config = { ...parseConfig({}).local, model: QUICK, download: false };
  model = createLocalModel({ config, modelsDir: written.modelsDir, cacheDir: path.join(folder, 'cache'), machine });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Other numbers of the same length: a graph that loads, and makes another matte. */
const damaged = () => {
  const bytes = Buffer.from(intact);
  const at = bytes.length - 1;
  bytes[at] = bytes[at]! ^ 1;
  return bytes;
};

const cutOut = async () => {
  const source = path.join(folder, 'disc.jpg');
  writeFileSync(source, await disc(1));
  const { limits } = parseConfig({});
  const matte = await model.load();
  const task = { source, matte, limits, refine: false, outDir: folder, writeMatte: true, variants: [] };
  return pool.run('cutout', task, { timeoutMs: 60_000 });
};

const change: Record<string, () => void> = {
  'another size': () => writeFileSync(weights, intact.subarray(0, -10)),
  'another content of the same size': () => writeFileSync(weights, damaged()),
  'another content and the old date': () => {
    const { atime, mtime } = statSync(weights);
    writeFileSync(weights, damaged());
    utimesSync(weights, atime, mtime);
  },
};

describe('weights that change while Strapi runs', () => {
  it.each(Object.keys(change))('are refused while idle: %s', async (what) => {
    await model.load();
    change[what]!();
    await expect(model.load()).rejects.toMatchObject({ code: 'model.corrupt' });
    expect(model.problem()).toMatchObject({ code: 'model.corrupt' });
    writeFileSync(weights, intact);
    await model.load();
    expect(model.problem()).toBeNull();
  });

  it('are refused while a child lives that has the model loaded, and serve again when they are put back', async () => {
    expect((await cutOut()).matte.file).not.toBeNull();
    writeFileSync(weights, damaged());
    await expect(cutOut()).rejects.toMatchObject({ code: 'model.corrupt' });
    writeFileSync(weights, intact);
    expect((await cutOut()).matte.file).not.toBeNull();
  });

  it('are refused by the child when they change after they were checked', async () => {
    const matte = await model.load();
    writeFileSync(weights, damaged());
    const source = path.join(folder, 'disc.jpg');
    writeFileSync(source, await disc(2));
    // A model that the child has not loaded yet.
    const other = { ...matte, threads: 2 };
    const { limits } = parseConfig({});
    const task = { source, matte: other, limits, refine: false, outDir: folder, writeMatte: true, variants: [] };
    await expect(pool.run('cutout', task, { timeoutMs: 60_000 })).rejects.toMatchObject({ code: 'model.corrupt' });
  });
});

describe('a look at the model', () => {
  it('tells a problem without a job, and its end', async () => {
    await model.look();
    expect(model.problem()).toBeNull();
    writeFileSync(weights, damaged());
    await model.look();
    expect(model.problem()).toMatchObject({ code: 'model.corrupt' });
    rmSync(weights);
    await model.look();
    expect(model.problem()).toMatchObject({ code: 'model.missing' });
    writeFileSync(weights, intact);
    await model.look();
    expect(model.problem()).toBeNull();
  });

  it('takes weights that the first job will fetch for no problem', async () => {
    const fresh = createLocalModel({
      config: { ...parseConfig({}).local, download: true },
      modelsDir: null,
      cacheDir: path.join(folder, 'empty'),
      machine,
    });
    await fresh.look();
    expect(fresh.problem()).toBeNull();
  });
});
