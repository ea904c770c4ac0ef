import type { Plane, Raster } from './raster';
import { refine } from './refine';
import { resamplePlane } from './resample';

/**
 * A matte brought to its picture's size: along the picture's edges when `refine` is asked for and the picture has more
 * pixels than the matte, else by plain interpolation.
 */
export async function lift(matte: Plane, raster: Raster, options: { refine: boolean }): Promise<Plane> {
  const larger = raster.width * raster.height > matte.width * matte.height;
  return options.refine && larger ? refine(matte, raster) : resamplePlane(matte, raster);
}
