import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { findCard } from '../../../server/src/engines/local/cards';
import { resolveWeights } from '../../../server/src/engines/local/weights';
import { packageRoot } from '../../../server/src/package-root';
import { createPool } from '../../../server/src/pool';
import { writeScene } from '../../fixtures/files';
import { buildWorker } from '../../support/worker';

const minutes = 60_000;
jest.setTimeout(3 * minutes);

const folder = mkdtempSync(join(tmpdir(), 'cutout-empty-'));
const pool = createPool({ workers: 1, idleTimeoutMs: 10_000, workerFile: buildWorker('no-subject') });
afterAll(async () => {
  await pool.destroy();
  rmSync(folder, { recursive: true, force: true });
});

async function cut(model: string, source: string, noSubject: 'skip' | 'keep') {
  const card = findCard(model);
  const cacheDir = join(packageRoot(__dirname), '.cutout', 'models');
  const weights = await resolveWeights(card, { modelsDir: null, cacheDir });
  const task = {
    source,
    matte: {
      kind: 'model' as const,
      card,
      weights,
      cacheDir,
      threads: 2,
      executionProviders: ['cpu'],
      noSubject,
      effort: 'balanced' as const,
    },
    limits: { maxPixels: 1e7, transparencyThreshold: null },
    refine: false,
    outDir: folder,
    writeMatte: true,
    variants: [],
  };
  return pool.run('cutout', task, { timeoutMs: 2 * minutes });
}

type Colour = (x: number, y: number) => [number, number, number];

const SIZE = { width: 640, height: 480 };

async function picture(name: string, colour: Colour) {
  const rgb = Buffer.alloc(SIZE.width * SIZE.height * 3);
  for (let i = 0; i < SIZE.width * SIZE.height; i++) rgb.set(colour(i % SIZE.width, Math.floor(i / SIZE.width)), i * 3);
  const path = join(folder, name);
  await sharp(rgb, { raw: { ...SIZE, channels: 3 } })
    .png()
    .toFile(path);
  return path;
}

describe.each(['isnet-fp16', 'isnet-int8'])('%s', (model) => {
  test.each<[string, Colour]>([
    ['a blank wall', () => [214, 200, 180]],
    ['a gradient', (_x, y) => [80 + y / 4, 80 + y / 4, 100 + y / 4]],
    ['an evening sky', (x, y) => [90 + y / 5, 140 + y / 8, 235 - x / 40]],
  ])('%s has no subject: no ghost is made of it', async (name, colour) => {
    const source = await picture(`${name}.png`, colour);
    await expect(cut(model, source, 'skip')).rejects.toMatchObject({
      code: 'matte.no-subject',
      skip: true,
      message: expect.stringContaining(`Model "${model}" found no subject: `),
    });
  });

  test('it is made all the same where that is asked for', async () => {
    const source = await picture('wall.png', () => [214, 200, 180]);
    expect((await cut(model, source, 'keep')).matte.confidence).toBe(0);
  });

  test('a mug on a table has one', async () => {
    const { photo } = await writeScene({ kind: 'mug', seed: 2, ...SIZE }, folder, 'mug');
    expect((await cut(model, photo, 'skip')).matte.confidence).toBeGreaterThan(0.5);
  });
});
