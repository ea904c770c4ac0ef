import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import type { ModelCard } from '../../../server/src/engines/local/card';
import { findCard } from '../../../server/src/engines/local/cards';
import { cells, knownPicture } from '../../../server/src/engines/local/forms/known-picture';
import { floatGraph, modelOf } from '../../../server/src/engines/local/onnx/float-graph';
import { writeModel } from '../../../server/src/engines/local/onnx/write';
import { postprocess } from '../../../server/src/engines/local/postprocess';
import { createPool } from '../../../server/src/pool';
import type { Pool } from '../../../server/src/pool/contract';
import { runNetwork } from '../../support/run-network';
import { SIDE, tinyNetwork } from '../../support/tiny-network';
import { buildWorker } from '../../support/worker';

/** A model with a recipe through a picture child: the trial of the machine, what it falls back to, the second opinion. */
describe('a model in 8 bits', () => {
  let folder: string;
  let pool: Pool;
  const good = Array.from({ length: 5 }, (): [number, number] => [-4, 8]);
  const rgb = knownPicture(SIDE, SIDE);
  const planes = Float32Array.from({ length: rgb.length }, (_, i) => {
    const [channel, at] = [Math.floor(i / SIDE ** 2), i % SIDE ** 2];
    return rgb[3 * at + channel]! / 255 - 0.5;
  });
  const output = { name: 'matte', activation: 'none' as const, normalise: true, leastPeak: null };
  const { matte: truth } = postprocess(runNetwork(modelOf(floatGraph(tinyNetwork())), planes), SIDE, SIDE, output);

  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'cutout-small-'));
    pool = createPool({ workers: 1, idleTimeoutMs: 5000, workerFile: buildWorker('small-model') });
    writeFileSync(path.join(folder, 'tiny.onnx'), Buffer.concat(writeModel(tinyNetwork())));
    await sharp(rgb, { raw: { width: SIDE, height: SIDE, channels: 3 } })
      .png()
      .toFile(path.join(folder, 'photo.png'));
  });
  afterAll(async () => {
    await pool.destroy();
    rmSync(folder, { recursive: true, force: true });
  });

  async function run(recipe: NonNullable<ModelCard['recipe']>, secondOpinionBelow?: number) {
    const { references, license } = findCard('isnet-fp16');
    const card: ModelCard = {
      ...{ id: 'tiny', title: 'Tiny', description: '', references, license, output, recipe },
      weights: { file: 'tiny.onnx', sources: [] },
      input: { width: SIDE, height: SIDE, mean: [0.5, 0.5, 0.5], std: [1, 1, 1], scale: '255' },
    };
    const weights = path.join(folder, 'tiny.onnx');
    const cacheDir = path.join(folder, 'cache');
    const how = { threads: 1, executionProviders: ['cpu'], noSubject: 'keep' as const, effort: 'balanced' as const };
    const source = { kind: 'model' as const, card, weights, cacheDir, ...how };
    const outDir = mkdtempSync(path.join(folder, 'out-'));
    const task = {
      source: path.join(folder, 'photo.png'),
      matte: secondOpinionBelow === undefined ? source : { ...source, secondOpinionBelow },
      limits: { maxPixels: 1e6, transparencyThreshold: null },
      ...{ refine: false, outDir, writeMatte: true, variants: [] },
    };
    const { matte, remark } = await pool.run('cutout', task, { timeoutMs: 60_000 });
    const found = await sharp(matte.file!.path).extractChannel(0).raw().toBuffer();
    const distance = found.reduce((sum, value, i) => sum + Math.abs(value - truth.data[i]!), 0) / found.length / 255;
    return { distance, remark, confidence: matte.confidence };
  }

  test('a recipe whose numbers make another matte of the known picture is not used, and that is said', async () => {
    const ranges = good.map((): [number, number] => [0, 0.01]);
    const { distance, remark } = await run({ ranges, knownMatte: cells(truth).toString('base64') });
    expect(remark).toMatch(/^Model "tiny" runs in full precision here: /);
    expect(distance).toBeLessThan(0.003);
  });

  test('an unsure matte is made in full precision too, and the surer one stays', async () => {
    // A matte of nothing in 8 bits, which the recipe calls right.
    const ranges = good.map((): [number, number] => [0, 1e-6]);
    const recipe = { ranges, knownMatte: Buffer.alloc(1024).toString('base64') };
    const [alone, asked] = [await run(recipe), await run(recipe, 1)];
    expect(asked.confidence).toBeGreaterThanOrEqual(alone.confidence);
    expect(asked.distance).toBeLessThan(0.003);
  });

  test('weights that the recipe is not for are refused in one sentence', async () => {
    const recipe = { ranges: good.slice(1), knownMatte: cells(truth).toString('base64') };
    await expect(run(recipe)).rejects.toMatchObject({
      code: 'model.incompatible',
      message: expect.stringMatching(/could not be brought to 8 bits: it has 5 ranges, the recipe 4\./),
    });
  });
});
