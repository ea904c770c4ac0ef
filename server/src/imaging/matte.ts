import sharp from 'sharp';
import { CutoutError, messageOf } from '../errors';
import { failureSentence, shortage, systemFault } from '../file-fault';
import { fromPlane, toPlane } from './planes';
import type { Plane, Raster } from './raster';
import { resamplePlane } from './resample';

/**
 * Reads a stored matte: the alpha channel of a picture that has one, else its grey. An alpha channel that is opaque
 * throughout says nothing; a service may put one beside the grey mask it was asked for.
 */
export async function readMatte(path: string): Promise<Plane> {
  try {
    const picture = sharp(path, { limitInputPixels: false, failOn: 'error' });
    const { hasAlpha } = await picture.metadata();
    const alpha = hasAlpha ? await toPlane(picture.clone().extractChannel('alpha')) : null;
    if (alpha?.data.some((value) => value !== 255)) return alpha;
    return await toPlane(picture.removeAlpha().toColourspace('b-w').extractChannel(0));
  } catch (cause) {
    // The machine's fault and not the file's: a matte that was paid for must not be put aside for it.
    const what = 'The stored matte could not be read';
    const short = shortage(cause, what);
    if (short) throw short;
    if (systemFault(cause) !== null || /missing/i.test(messageOf(cause))) {
      throw new CutoutError('worker.failed', failureSentence(cause, what), { cause });
    }
    throw new CutoutError('matte.damaged', 'The stored matte is damaged and cannot be read as a picture.', { cause });
  }
}

/** The matte times the transparency that the original had already; the matte itself when it had none. */
export function withOwnAlpha(matte: Plane, { alpha }: Raster): Plane {
  if (alpha === null) return matte;
  const data = Buffer.allocUnsafe(matte.data.length);
  for (let i = 0; i < data.length; i++) data[i] = Math.round((matte.data[i]! * alpha[i]!) / 255);
  return { ...matte, data };
}

/** Writes a matte as 8-bit grey PNG; answers with its size in bytes. Level 2 packs mattes well, and 12 MP in 10 ms. */
export async function writeMatte(matte: Plane, path: string): Promise<number> {
  const { size } = await fromPlane(matte).png({ compressionLevel: 2 }).toFile(path);
  return size;
}

/** Sides of the plane that a matte is judged on. */
const JUDGED_SIDE = 1024;

/** A matte small enough to be looked at pixel by pixel. */
export async function forJudging(matte: Plane): Promise<Plane> {
  const shrink = Math.max(matte.width, matte.height) / JUDGED_SIDE;
  if (shrink <= 1) return matte;
  return resamplePlane(matte, {
    width: Math.max(1, Math.round(matte.width / shrink)),
    height: Math.max(1, Math.round(matte.height / shrink)),
  });
}
