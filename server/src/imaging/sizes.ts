import type { Composed } from './raster';
import type { Size } from './raster';
import { resampleLayer, resamplePlane, resampleRgb } from './resample';

/**
 * The same picture at smaller widths, aspect kept, the largest first; a width that is not smaller gives none. Each is
 * made from the last one that is at least twice its size, which the eye cannot tell from the first and is much faster.
 */
export async function* smallerSizes(picture: Composed, widths: readonly number[]): AsyncGenerator<Composed> {
  const sources = [picture];
  for (const width of [...widths].sort((a, b) => b - a)) {
    if (width >= picture.width) continue;
    const size = { width, height: Math.max(1, Math.round((picture.height * width) / picture.width)) };
    const source = sources.filter((made) => made.width >= 2 * width).at(-1) ?? picture;
    const smaller = await resized(source, size);
    sources.push(smaller);
    yield smaller;
  }
}

/** The box of Strapi's own thumbnails. */
const THUMBNAIL = { width: 245, height: 156 };

/** Width of a picture that is brought within the box of a thumbnail; null where it is within it already. */
export function thumbnailWidth({ width, height }: Size): number | null {
  if (width <= THUMBNAIL.width && height <= THUMBNAIL.height) return null;
  return Math.max(1, Math.min(THUMBNAIL.width, Math.floor((THUMBNAIL.height * width) / height)));
}

async function resized(picture: Composed, size: Size): Promise<Composed> {
  if (picture.kind === 'layer') {
    const { width, height } = picture;
    return { kind: 'layer', ...(await resampleLayer(picture, { left: 0, top: 0, width, height }, size)) };
  }
  if (picture.kind === 'grey') return { kind: 'grey', ...(await resamplePlane(picture, size)) };
  return { kind: 'opaque', ...size, rgb: await resampleRgb(picture.rgb, picture, size) };
}
