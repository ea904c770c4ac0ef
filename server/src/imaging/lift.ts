import { fillInterior } from './fill-interior';
import type { Plane, Raster } from './raster';
import { refine, sharpen } from './refine';
import { resamplePlane } from './resample';

export interface LiftOptions {
  /** Along the picture's edges, not by plain interpolation. */
  refine: boolean;
  /** Just made by a network, which blurs every edge: it is solved anew there. A stored matte has been. */
  fresh?: boolean;
}

/**
 * From this share of the matte's pixels on a picture has edges that a network's matte misses. A smaller one was enlarged
 * for the network, whose edge is then finer than the picture's own: solved anew it gets ragged.
 */
const WORTH_SOLVING = 0.25;

/** A matte brought to its picture's size. */
export async function lift(
  given: Plane,
  raster: Raster,
  { refine: along, fresh = false }: LiftOptions,
): Promise<Plane> {
  const matte = along && fresh ? fillInterior(given) : given;
  const scale = (raster.width * raster.height) / (matte.width * matte.height);
  const solve = along && fresh && scale >= WORTH_SOLVING;
  if (scale > 1 && along) return refine(solve ? sharpen(matte, raster) : matte, raster);
  const plain = await resamplePlane(matte, raster);
  return solve ? sharpen(plain, raster) : plain;
}
