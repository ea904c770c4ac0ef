import type { Plane, Raster } from './raster';

/** The picture's colours without those of its background; black where nothing of the subject is seen. */
export async function decontaminate(raster: Raster, alpha: Plane): Promise<Buffer> {
  const rgb = Buffer.from(raster.rgb);
  for (let i = 0, p = 0; i < alpha.data.length; i++, p += 3) {
    if (alpha.data[i] === 0) rgb[p] = rgb[p + 1] = rgb[p + 2] = 0;
  }
  return rgb;
}
