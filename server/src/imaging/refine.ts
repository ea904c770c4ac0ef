import { cellMeans } from './cell-means';
import { guide } from './guided-filter';
import { AROUND, solveBand } from './matting';
import type { Plane, Raster } from './raster';
import { readOff } from './read-off';
import { grow, softBand } from './soft-band';

/** How far, in pixels of the matte, a network's edge may be off from the picture's. */
const REACH = 2;

/**
 * A small matte lifted to its picture's size along the picture's own edges, by a fast guided filter. Only the soft band
 * is computed; the rest is 0 or 255.
 */
export function refine(matte: Plane, raster: Raster): Plane {
  const band = softBand(matte, REACH);
  return readOff(guide(matte, raster, band), matte, band, raster);
}

/**
 * The matte solved anew in its soft band from the colours of a picture of its size or larger, which are averaged down to
 * it: however large the picture, the time and memory are those of the matte.
 */
export function sharpen(matte: Plane, raster: Raster): Plane {
  const { width, height } = matte;
  if (width === raster.width && height === raster.height) return solveBand(matte, raster.rgb);
  const wanted = grow(softBand(matte, 0), width, height, AROUND);
  return solveBand(matte, cellMeans(raster, width, height, wanted));
}
