import { existsSync } from 'node:fs';
import path from 'node:path';
import { writeScene } from '../fixtures/files';
import type { BackdropName, SceneKind } from '../fixtures/scene';

/** A picture to be judged on. */
export interface Photo {
  name: string;
  file: string;
  /** Its reference matte, if there is one. */
  truth: string | null;
  /** Middle of what is shown enlarged, in shares of the sides; found by the matte when left out. */
  zoom?: { x: number; y: number };
}

/** What our scenes show: hair and fur, thin wires, holes, hard edges, leaves; see tests/fixtures. */
const scenes: [SceneKind, BackdropName, { x: number; y: number }][] = [
  ['hair', 'studio', { x: 0.3, y: 0.45 }],
  ['plush', 'garden', { x: 0.33, y: 0.3 }],
  ['wires', 'garden', { x: 0.25, y: 0.3 }],
  ['chair', 'garden', { x: 0.35, y: 0.3 }],
  ['mug', 'studio', { x: 0.65, y: 0.45 }],
  ['plant', 'planks', { x: 0.4, y: 0.3 }],
];
const SIDE = 1000;

/** Scenes with exact mattes, drawn once and kept. */
export async function scenePhotos(folder: string): Promise<Photo[]> {
  const photos: Photo[] = [];
  for (const [kind, backdrop, zoom] of scenes) {
    const name = `${kind}-${backdrop}`;
    const files = { photo: path.join(folder, `${name}.jpg`), alpha: path.join(folder, `${name}.alpha.png`) };
    if (!existsSync(files.photo))
      await writeScene({ kind, backdrop, width: SIDE, height: SIDE, seed: 11 }, folder, name);
    photos.push({ name, file: files.photo, truth: files.alpha, zoom });
  }
  return photos;
}

/** Photos of the user's, each with the reference matte beside it. */
export function givenPhotos(files: readonly string[]): Photo[] {
  return files.map((given) => {
    const file = path.resolve(given);
    if (!existsSync(file)) throw new Error(`Expected a photo but there is no file ${given}.`);
    const { dir, name } = path.parse(file);
    const truth = path.join(dir, `${name}.truth.png`);
    return { name, file, truth: existsSync(truth) ? truth : null };
  });
}
