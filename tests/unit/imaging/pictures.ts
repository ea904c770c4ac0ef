import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Layer } from '../../../server/src/imaging/raster';

// As in the picture child: a file that is written anew under its old name must be read anew.
sharp.cache(false);

/** Small pictures whose every pixel is known, and ways to look at pixels. */

export interface Rgba {
  width: number;
  height: number;
  /** Interleaved, straight. */
  data: Buffer;
}

export type Pixel = [number, number, number, number];

export function draw(width: number, height: number, pixel: (x: number, y: number) => Pixel): Rgba {
  const data = Buffer.alloc(width * height * 4);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(pixel(x, y), (y * width + x) * 4);
  return { width, height, data };
}

/** Four flat quadrants, no two alike, so that every turn and flip shows. */
export const QUADRANTS: [Pixel, Pixel, Pixel, Pixel] = [
  [200, 40, 40, 255],
  [40, 160, 60, 255],
  [50, 70, 190, 255],
  [210, 190, 90, 255],
];

export function quadrants(width: number, height: number, alphas: readonly number[] = [255, 255, 255, 255]): Rgba {
  return draw(width, height, (x, y) => {
    const index = (x < width / 2 ? 0 : 1) + (y < height / 2 ? 0 : 2);
    const [r, g, b] = QUADRANTS[index]!;
    return [r, g, b, alphas[index]!];
  });
}

export const sharpOf = ({ width, height, data }: Rgba) => sharp(data, { raw: { width, height, channels: 4 } });

export async function read(file: string | Buffer): Promise<Rgba> {
  const { data, info } = await sharp(file)
    .ensureAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

export function at({ width, data }: Rgba, x: number, y: number): Pixel {
  return [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4)] as Pixel;
}

/** The largest difference of any channel of any pixel. */
export function distance(a: Rgba, b: Rgba): number {
  if (a.width !== b.width || a.height !== b.height) return Infinity;
  return a.data.reduce((most, value, i) => Math.max(most, Math.abs(value - b.data[i]!)), 0);
}

export function layerOf({ width, height, data }: Rgba): Layer {
  const rgb = Buffer.alloc(width * height * 3);
  const alpha = Buffer.alloc(width * height);
  for (let i = 0; i < alpha.length; i++) {
    data.copy(rgb, i * 3, i * 4, i * 4 + 3);
    alpha[i] = data[i * 4 + 3]!;
  }
  return { width, height, rgb, alpha };
}

/** Planes and composed pictures, as interleaved RGBA again. */
export function rgbaOf(picture: {
  width: number;
  height: number;
  rgb?: Buffer;
  alpha?: Buffer | null;
  data?: Buffer;
}): Rgba {
  const { width, height, rgb, alpha, data } = picture;
  return draw(width, height, (x, y) => {
    const i = y * width + x;
    const grey = data?.[i] ?? 0;
    const [r = grey, g = grey, b = grey] = rgb ? rgb.subarray(i * 3, i * 3 + 3) : [];
    return [r, g, b, alpha ? alpha[i]! : 255];
  });
}

/** A folder for one test file, gone after it. */
export function temporaryFolder(): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'cutout-imaging-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return (name) => join(folder, name);
}
