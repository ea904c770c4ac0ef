import { guide } from './guided-filter';
import type { Plane, Raster } from './raster';
import { readOff } from './read-off';
import { softBand } from './soft-band';

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
