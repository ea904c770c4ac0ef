import sharp from 'sharp';
import { readMatte } from '../../server/src/imaging/matte';
import type { Plane } from '../../server/src/imaging/raster';
import { edgeErrors } from '../fixtures/edge-measures';
import { meanError } from '../fixtures/measure';

export interface Score {
  /** Over the whole picture. */
  mae: number;
  /** Of what is more than half seen. */
  iou: number;
  /** In the band around the true edges. */
  band: number;
  gradient: number;
}

export interface Judged {
  name: string;
  /** By who cut it; empty without a reference matte. */
  scores: Record<string, Score>;
  /** All of it, and a part enlarged; relative to the page. */
  pictures: { whole: string; zoom: string };
  /** What a person sees there. */
  remark: string | null;
}

/** The alpha of a cutout, or the grey of a reference matte. */
export const readAlpha = (file: string): Promise<Plane> => readMatte(file);

async function sameSize(matte: Plane, { width, height }: Plane): Promise<Plane> {
  if (matte.width === width && matte.height === height) return matte;
  const raw = { raw: { width: matte.width, height: matte.height, channels: 1 as const } };
  const data = await sharp(matte.data, raw)
    .resize(width, height, { fit: 'fill' })
    .toColourspace('b-w')
    .raw()
    .toBuffer();
  return { width, height, data };
}

function overlap(matte: Plane, truth: Plane): number {
  let [both, either] = [0, 0];
  for (let i = 0; i < truth.data.length; i++) {
    const [a, b] = [matte.data[i]! > 127, truth.data[i]! > 127];
    if (a && b) both++;
    if (a || b) either++;
  }
  return either === 0 ? 1 : both / either;
}

/** How far a matte is from the true one. */
export async function judge(matte: Plane, truth: Plane): Promise<Score> {
  const fitted = await sameSize(matte, truth);
  const { mae: band, gradient } = edgeErrors(fitted, truth);
  return { mae: meanError(fitted, truth), iou: overlap(fitted, truth), band, gradient };
}
