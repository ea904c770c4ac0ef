import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { findCard, listCards } from '../../server/src/engines/local/cards';
import type { ModelCard } from '../../server/src/engines/local/card';
import { createPool } from '../../server/src/pool';
import type { CutoutTask, Pool } from '../../server/src/pool/contract';
import { parseComposeOptions } from '../../server/src/options';
import { expectedMatte, tinyModel } from '../support/tiny-models';
import { buildWorker } from '../support/worker';

/** Four flat fields; none is white, so that dividing by the picture's own maximum shows. */
const colours = [
  [20, 30, 40],
  [200, 60, 10],
  [90, 160, 120],
  [180, 200, 190],
] as const;

describe('model families, through a picture child', () => {
  let folder: string;
  let pool: Pool;
  const before = { HOME: process.env.HOME, TMPDIR: process.env.TMPDIR };
  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'cutout-families-'));
    process.env.HOME = path.join(folder, 'home');
    process.env.TMPDIR = path.join(folder, 'tmp');
    mkdirSync(process.env.HOME);
    mkdirSync(process.env.TMPDIR);
    pool = createPool({ workers: 1, idleTimeoutMs: 5000, workerFile: buildWorker('model-families') });
  });
  afterAll(async () => {
    await pool.destroy();
    Object.assign(process.env, before);
    rmSync(folder, { recursive: true, force: true });
  });

  /** Two rows of two fields, as large as the model's input: nothing is resampled. */
  async function picture({ width, height }: ModelCard['input']): Promise<string> {
    const data = Buffer.alloc(width * height * 3);
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const field = (y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1);
        data.set(colours[field]!, (y * width + x) * 3);
      }
    }
    const file = path.join(folder, `${width}x${height}.png`);
    await sharp(data, { raw: { width, height, channels: 3 } })
      .png({ compressionLevel: 1 })
      .toFile(file);
    return file;
  }

  async function run(card: ModelCard, weights: Buffer) {
    const file = path.join(folder, `${card.id}.onnx`);
    writeFileSync(file, weights);
    const outDir = mkdtempSync(path.join(folder, 'out-'));
    const parsed = parseComposeOptions({ format: 'png', mask: true, refine: false });
    if (!parsed.ok) throw new Error('options');
    const task: CutoutTask = {
      source: await picture(card.input),
      // The little graphs have neither the checksum of the card's weights nor a network that its recipe could be for.
      matte: {
        kind: 'model',
        card: { ...card, recipe: undefined, weights: { file: card.weights.file, sources: [] } },
        weights: file,
        threads: 1,
        executionProviders: ['cpu'],
        noSubject: 'keep',
        effort: 'balanced',
      },
      limits: { maxPixels: 4e6, transparencyThreshold: null },
      refine: false,
      outDir,
      writeMatte: true,
      variants: [],
    };
    const { matte } = await pool.run('cutout', task, { timeoutMs: 60_000 });
    const { data, info } = await sharp(matte.file!.path).raw().toBuffer({ resolveWithObject: true });
    const at = (x: number, y: number): number =>
      data[(Math.floor(y * info.height) * info.width + Math.floor(x * info.width)) * info.channels]!;
    return [at(0.25, 0.25), at(0.75, 0.25), at(0.25, 0.75), at(0.75, 0.75)];
  }

  test.each(listCards().map((card) => card.id))(
    '%s: scaling, mean and deviation, output and activation are those of its card',
    async (id) => {
      const card = findCard(id);
      const found = await run(card, tinyModel(card));
      const expected = expectedMatte(card, colours);
      found.forEach((value, field) => expect(Math.abs(value - expected[field]!)).toBeLessThanOrEqual(1));
    },
    60_000,
  );

  test('the runtime keeps no device id and no reports, as it does unless it is told not to', async () => {
    await run(findCard('u2netp'), tinyModel(findCard('u2netp')));
    expect(readdirSync(path.join(folder, 'home'))).toEqual([]);
    expect(readdirSync(path.join(folder, 'tmp'))).toEqual([]);
  });

  test('weights of another family are refused with the names that the graph has', async () => {
    const card = findCard('isnet-fp16');
    const other = tinyModel({ ...card, id: 'birefnet-general' });
    await expect(run(card, other)).rejects.toMatchObject({
      code: 'model.incompatible',
      message: expect.stringContaining('"output_image"'),
    });
  });

  test('weights for another picture size are refused with both shapes', async () => {
    const card = findCard('u2netp');
    const larger = tinyModel({ ...card, input: { ...card.input, width: 640 } });
    await expect(run(card, larger)).rejects.toMatchObject({
      code: 'model.incompatible',
      message: expect.stringMatching(/\[1, 3, 320, 320\].*\[1, 3, 320, 640\]/),
    });
  });

  test('a file that is no ONNX model is called corrupt', async () => {
    await expect(run(findCard('u2net'), Buffer.from('no model at all'))).rejects.toMatchObject({
      code: 'model.corrupt',
    });
  });
});
