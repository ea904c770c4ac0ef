import sharp, { type Sharp } from 'sharp';
import { CutoutError, messageOf } from '../errors';
import { failureSentence, shortage, systemFault } from '../file-fault';
import { fromPlane, toPlane } from './planes';
import type { Plane, Raster } from './raster';
import { resamplePlane, sameSize } from './resample';

/**
 * Reads a stored matte: the alpha channel of a picture that has one, else its grey. An alpha channel that is opaque
 * throughout says nothing; a service may put one beside the grey mask it was asked for.
 */
export function readMatte(path: string): Promise<Plane> {
  return reading(path, async (picture) => {
    const { hasAlpha } = await picture.metadata();
    const alpha = hasAlpha ? await alphaOf(picture) : null;
    return alpha?.data.some((value) => value !== 255) ? alpha : greyOf(picture);
  });
}

/**
 * A stored matte with the grey of a patch laid over it, as far as the patch is opaque. A smaller patch is enlarged; what
 * it does not cover keeps every pixel.
 */
export async function patchedMatte(path: string, patch: string): Promise<Plane> {
  const matte = await readMatte(path);
  const [grey, cover] = await reading(patch, async (picture) => {
    const opaque = picture.ensureAlpha();
    return [await greyOf(opaque), await alphaOf(opaque)] as const;
  });
  // Enlarged apart from each other, the grey of what is transparent would run into the rest.
  const greys = grey.data.map((value, at) => Math.round((value * cover.data[at]!) / 255));
  const covered = { ...grey, data: Buffer.from(greys) };
  const [over, weight] = sameSize(grey, matte)
    ? [covered, cover]
    : [await resamplePlane(covered, matte), await resamplePlane(cover, matte)];
  const data = Buffer.allocUnsafe(matte.data.length);
  for (let i = 0; i < data.length; i++) {
    const kept = (matte.data[i]! * (255 - weight.data[i]!)) / 255;
    data[i] = Math.min(255, Math.round(kept + over.data[i]!));
  }
  return { ...matte, data };
}

const alphaOf = (picture: Sharp): Promise<Plane> => toPlane(picture.clone().extractChannel('alpha'));
const greyOf = (picture: Sharp): Promise<Plane> =>
  toPlane(picture.clone().removeAlpha().toColourspace('b-w').extractChannel(0));

async function reading<T>(path: string, work: (picture: Sharp) => Promise<T>): Promise<T> {
  try {
    return await work(sharp(path, { limitInputPixels: false, failOn: 'error' }));
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
