import { existsSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { writeScene } from '../fixtures/files';
import type { SceneSpec } from '../fixtures/scene';

const SEED = 4;

/** Photos of whole pipelines: products and hair, which networks cut and which have soft edges. */
export const photos = {
  '1 MP': { kind: 'plant', backdrop: 'garden', width: 1000, height: 1000, seed: SEED },
  '12 MP': { kind: 'plant', backdrop: 'garden', width: 4000, height: 3000, seed: SEED },
  '12 MP hair': { kind: 'hair', backdrop: 'planks', width: 4000, height: 3000, seed: SEED },
} satisfies Record<string, SceneSpec>;

/** The scene as JPEG; drawn once and kept. */
export async function photo(folder: string, name: keyof typeof photos): Promise<string> {
  const file = name.replace(/\W+/g, '-');
  const target = path.join(folder, `${file}.jpg`);
  if (!existsSync(target)) await writeScene(photos[name], folder, file);
  return target;
}

/** 11600 × 8700: the hair scene enlarged, since drawing it at this size would take the bench itself gigabytes. */
export async function hugePhoto(folder: string): Promise<string> {
  const target = path.join(folder, '100-MP.jpg');
  if (!existsSync(target))
    await sharp(await photo(folder, '12 MP hair'))
      .resize(11600, 8700)
      .jpeg({ quality: 90 })
      .toFile(target);
  return target;
}
