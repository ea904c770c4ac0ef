import sharp from 'sharp';
import type { Plane, Raster } from './raster';
import { refine } from './refine';

/** Plain (cubic) interpolation of a plane to another size. */
export async function resizePlane(plane: Plane, width: number, height: number): Promise<Plane> {
  if (plane.width === width && plane.height === height) return plane;
  const data = await sharp(plane.data, { raw: { width: plane.width, height: plane.height, channels: 1 } })
    .resize(width, height, { fit: 'fill', kernel: 'cubic' })
    .toColourspace('b-w')
    .raw()
    .toBuffer();
  return { width, height, data };
}

/**
 * A matte brought to its picture's size: along the picture's edges when `refine` is asked for and the picture has more
 * pixels than the matte, else by plain interpolation.
 */
export async function lift(matte: Plane, raster: Raster, options: { refine: boolean }): Promise<Plane> {
  const larger = raster.width * raster.height > matte.width * matte.height;
  return options.refine && larger ? refine(matte, raster) : resizePlane(matte, raster.width, raster.height);
}
