import { requireHoldable } from '../../imaging/capacity';
import { planCanvas, rotatedSize } from '../../imaging/geometry';
import { inspectSource } from '../../imaging/source';
import type { InspectResult, InspectTask, VariantRequest } from '../contract';
import { requireBackground } from '../../imaging/background';

/**
 * What can be told before a matte is made, or paid for: whether the picture can be read, and whether each variant can
 * be held and has its background. Throws `source.*` and `options.invalid`.
 */
export async function inspect({ source, limits, variants = [] }: InspectTask): Promise<InspectResult> {
  const { format, width, height, hasAlpha } = await inspectSource(source, limits);
  for (const variant of variants) await check(variant, { width, height }, limits.maxPixels);
  return { format, width, height, hasAlpha };
}

/** The subject is not known yet; with the whole picture in its place the result is as large as it can get. */
async function check(
  { options, backgroundPath }: VariantRequest,
  size: { width: number; height: number },
  maxPixels: number,
) {
  const whole = { left: 0, top: 0, ...size };
  const { canvas } = planCanvas(size, whole, options);
  requireHoldable(rotatedSize(canvas, options.angle, options.expand), options);
  if (backgroundPath !== undefined) await requireBackground({ path: backgroundPath, maxPixels });
}
