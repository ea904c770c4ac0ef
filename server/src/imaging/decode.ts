import type { Sharp } from 'sharp';
import { CutoutError } from '../errors';
import { decodeBmp } from './bmp/decode';
import { separate } from './planes';
import type { Layer, Raster } from './raster';
import { damaged } from './damage';
import { readWhole } from './open';
import type { SourceFacts } from './source';

/**
 * Decodes a checked original: EXIF orientation applied, every colour space (grey, palette, CMYK, 16 bit, profiles)
 * converted to 8-bit sRGB, alpha straight and apart. Throws `source.truncated` where the pixels are damaged.
 */
export async function decode(source: SourceFacts): Promise<Raster> {
  if (source.format !== 'bmp') return readWhole(source, (picture) => decodeWithVips(source, picture));
  return decodeBmp(source.path).catch((cause: unknown) => {
    throw damaged(source.path, cause);
  });
}

async function decodeWithVips({ width, height }: SourceFacts, picture: Sharp): Promise<Raster> {
  const { data, info } = await picture.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  if (info.width !== width || info.height !== height) {
    throw new Error(`the header says ${width} × ${height}, the pixels are ${info.width} × ${info.height}`);
  }
  return info.channels === 4 ? withAlpha(separate(data, width, height)) : { width, height, rgb: data, alpha: null };
}

/** A picture whose alpha channel hides nothing has none. */
function withAlpha(layer: Layer): Raster {
  return layer.alpha.every((value) => value === 255) ? { ...layer, alpha: null } : layer;
}

/**
 * Refuses a picture that is cut out already: as many of its pixels as `threshold` (share 0…1) are fully transparent.
 */
export function refuseTransparent({ alpha }: Raster, threshold: number | null): void {
  if (alpha === null || threshold === null) return;
  let clear = 0;
  for (const value of alpha) if (value === 0) clear += 1;
  const share = clear / alpha.length;
  if (share > 0 && share >= threshold) {
    throw new CutoutError(
      'source.already-transparent',
      `${Math.round(share * 100)} % of the picture is transparent already; from ${Math.round(threshold * 100)} % on it counts as cut out.`,
    );
  }
}
