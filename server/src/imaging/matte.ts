import sharp from 'sharp';
import { CutoutError, messageOf } from '../errors';
import type { Plane, Raster } from './raster';

/**
 * Reads a stored matte: the alpha channel of a picture that has one (what a remote engine answers), else its grey.
 */
export async function readMatte(path: string): Promise<Plane> {
  try {
    const picture = sharp(path, { limitInputPixels: false, failOn: 'error' });
    const { hasAlpha } = await picture.metadata();
    const plane = hasAlpha ? picture.extractChannel('alpha') : picture.toColourspace('b-w').extractChannel(0);
    const { data, info } = await plane.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data };
  } catch (cause) {
    throw new CutoutError('worker.failed', `The matte at ${path} could not be read: ${messageOf(cause)}`, { cause });
  }
}

/** Multiplies the matte with the transparency that the original had already, in place. */
export function applyOwnAlpha(matte: Plane, { alpha }: Raster): void {
  if (alpha === null) return;
  const { data } = matte;
  for (let i = 0; i < data.length; i++) data[i] = Math.round((data[i]! * alpha[i]!) / 255);
}
