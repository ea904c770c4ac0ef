import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { decode } from '../../server/src/imaging/decode';
import type { Raster } from '../../server/src/imaging/raster';
import { inspectSource } from '../../server/src/imaging/source';
import { makeScene, type SceneSpec } from '../fixtures/scene';
import type { ModelCard } from '../../server/src/engines/local/card';
import { squeeze } from '../../server/src/engines/local/preprocess';

/** A picture at the model's input size, interleaved. */
export interface Squeezed {
  name: string;
  rgb: Buffer;
  /** The same by another kernel: how far that moves the matte is how far no rounding can be blamed for. */
  other: Buffer;
}

const SIDE = 1000;

/** Subjects of kinds that photos at hand may lack. */
const scenes: SceneSpec[] = [
  { kind: 'hair', backdrop: 'planks', width: SIDE, height: SIDE, seed: 2 },
  { kind: 'plant', backdrop: 'garden', width: SIDE, height: SIDE, seed: 4 },
  { kind: 'chair', backdrop: 'studio', width: SIDE, height: SIDE, seed: 3 },
  { kind: 'mug', backdrop: 'studio', width: SIDE, height: SIDE, seed: 1 },
  { kind: 'glass', backdrop: 'studio', width: SIDE, height: SIDE, seed: 5 },
  { kind: 'plush', backdrop: 'garden', width: SIDE, height: SIDE, seed: 6 },
];

/** Files of the named folders, and those named themselves. */
export function photosIn(named: readonly string[]): string[] {
  return named.flatMap((place) => {
    if (!existsSync(place)) throw new Error(`Expected a photo or a folder of photos but there is nothing at ${place}.`);
    if (!statSync(place).isDirectory()) return [place];
    const names = readdirSync(place).filter((name) => /\.(jpe?g|webp)$/i.test(name));
    return names.sort().map((name) => path.join(place, name));
  });
}

export async function* squeezed(files: readonly string[], input: ModelCard['input']): AsyncGenerator<Squeezed> {
  for (const file of files) {
    const raster = await decode(await inspectSource(file, { maxPixels: 1e9 }));
    yield both(path.basename(file), raster, input);
  }
}

export async function* squeezedScenes(input: ModelCard['input']): AsyncGenerator<Squeezed> {
  for (const spec of scenes) yield both(`scene ${spec.kind}`, (await makeScene(spec)).photo, input);
}

async function both(name: string, raster: Raster, input: ModelCard['input']): Promise<Squeezed> {
  const { width, height } = input;
  const other = sharp(raster.rgb, { raw: { width: raster.width, height: raster.height, channels: 3 } })
    .resize(width, height, { fit: 'fill', kernel: 'mitchell' })
    .raw()
    .toBuffer();
  return { name, rgb: await squeeze(raster, input), other: await other };
}
