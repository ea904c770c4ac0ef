import { requireBackground } from '../../imaging/background';
import { requireHoldable } from '../../imaging/capacity';
import { planCanvas, rotatedSize } from '../../imaging/geometry';
import type { Size } from '../../imaging/raster';
import type { VariantRequest } from '../contract';

/**
 * Refuses, before a matte is made or paid for, variants that no format can hold or whose background is no picture.
 * The subject is not known yet; with the whole picture in its place the result is as large as it can get.
 * @throws CutoutError `options.invalid`
 */
export async function requireMakeable(variants: VariantRequest[], { width, height }: Size, maxPixels: number) {
  const whole = { left: 0, top: 0, width, height };
  for (const { options, backgroundPath } of variants) {
    const { canvas } = planCanvas(whole, whole, options);
    requireHoldable(rotatedSize(canvas, options.angle, options.expand), options);
    if (backgroundPath !== undefined) await requireBackground({ path: backgroundPath, maxPixels });
  }
}
