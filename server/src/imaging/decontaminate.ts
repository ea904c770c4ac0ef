import { unmixColours } from './blur-fusion';
import type { Plane, Raster } from './raster';

/**
 * The picture's colours without those of its old background, which otherwise shine as a halo on a new one: in the soft
 * band (0 < alpha < 255) they are replaced by estimated foreground colours, opaque pixels stay as they are, and where
 * alpha is 0 they are black.
 * @param inPlace the picture's own colours are written over
 * @returns interleaved RGB, a new buffer unless `inPlace`
 */
export function decontaminate(raster: Raster, alpha: Plane, inPlace = false): Buffer {
  const target = inPlace ? raster.rgb : Buffer.allocUnsafe(raster.rgb.length);
  unmixColours(raster, alpha, target);
  return target;
}
