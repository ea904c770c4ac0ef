import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { parseCard } from '../../server/src/engines/local/cards';
import { tinyModel } from './tiny-models';

/**
 * A model that takes milliseconds: what is bright is the subject. For tests of the way around the model, which the real
 * one would only slow down; it runs in the real picture children like any other.
 */
export const QUICK = 'quick';

/** Writes the model with its card into `folder`, as a user's own model lies in `local.modelsDir`. */
export function writeQuickModel(folder: string): { modelsDir: string; weights: string } {
  mkdirSync(folder, { recursive: true });
  const card = {
    id: QUICK,
    title: 'Quick',
    description: 'Bright is subject.',
    license: { id: 'MIT', url: 'https://example.com/license', commercial: true },
    references: ['https://example.com'],
    weights: { file: 'quick.onnx', bytes: 1, sources: [] as never[], sha256: '0'.repeat(64) },
    input: { width: 64, height: 64, mean: [0, 0, 0], std: [1, 1, 1] },
    output: { activation: 'none', normalise: true },
  };
  const weights = tinyModel(parseCard(JSON.stringify(card), 'quick.json'));
  card.weights.bytes = weights.length;
  card.weights.sha256 = createHash('sha256').update(weights).digest('hex');
  writeFileSync(path.join(folder, 'quick.json'), JSON.stringify(card));
  writeFileSync(path.join(folder, card.weights.file), weights);
  return { modelsDir: folder, weights: path.join(folder, card.weights.file) };
}

export interface DiscOptions {
  width?: number;
  height?: number;
  format?: 'jpeg' | 'png';
}

/** A bright disc on a dark ground; another seed is another picture. */
export async function disc(
  seed: number,
  { width = 320, height = 240, format = 'jpeg' }: DiscOptions = {},
): Promise<Buffer> {
  const data = Buffer.alloc(width * height * 3);
  const [cx, cy, radius] = [width / 2 + (seed % 7), height / 2, height / 3];
  for (let at = 0; at < width * height; at += 1) {
    const inside = Math.hypot((at % width) - cx, Math.floor(at / width) - cy) < radius;
    data.set(inside ? [250, 240, 200 + (seed % 50)] : [20, 10 + (seed % 20), 30], at * 3);
  }
  const picture = sharp(data, { raw: { width, height, channels: 3 } });
  return format === 'jpeg' ? picture.jpeg({ quality: 90 }).toBuffer() : picture.png().toBuffer();
}
