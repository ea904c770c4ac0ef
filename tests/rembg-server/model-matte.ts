import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { findCard } from '../../server/src/engines/local/cards';
import { resolveWeights } from '../../server/src/engines/local/weights';
import type { ModelSource } from '../../server/src/engines/local/model-source';
import type { Pool } from '../../server/src/pool/contract';
import type { Matte } from './matte';

export interface ModelMatteOptions {
  pool: Pool;
  /** Card id. */
  model?: string;
  /** Where weights are assembled. */
  cacheDir: string;
  threads?: number;
}

/**
 * A real matte by the local engine, in its child processes. The one thing the emulator borrows from the plugin: what
 * is emulated is the service around it, not its model.
 * @throws CutoutError `model.*` when there are no weights
 */
export async function modelMatte({
  pool,
  model = 'isnet-fp16',
  cacheDir,
  threads = 2,
}: ModelMatteOptions): Promise<Matte> {
  const card = findCard(model);
  const weights = await resolveWeights(card, { modelsDir: null, cacheDir });
  const source: ModelSource = {
    kind: 'model',
    card,
    weights,
    threads,
    executionProviders: ['cpu'],
    noSubject: 'keep',
    effort: 'balanced',
  };
  return async (upload, { width, height }) => {
    const outDir = await mkdtemp(join(tmpdir(), 'rembg-server-'));
    try {
      const path = join(outDir, 'upload');
      await writeFile(path, upload);
      const limits = { maxPixels: 100_000_000, transparencyThreshold: null };
      const task = { source: path, matte: source, limits, refine: true, outDir, writeMatte: true, variants: [] };
      const { matte } = await pool.run('cutout', task, { timeoutMs: 120_000 });
      if (!matte.file) throw new Error('expected a matte file from the picture worker');
      return await sharp(matte.file.path).resize(width, height, { fit: 'fill' }).extractChannel(0).raw().toBuffer();
    } finally {
      await rm(outDir, { recursive: true, force: true });
    }
  };
}
