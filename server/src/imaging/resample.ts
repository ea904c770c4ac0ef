import { enlargeLayer, enlargeSamples } from './enlarge';
import { cubic, type Kernel } from './interpolate';
import type { Box } from './picture';
import { fromPlane, fromRgb, toPlane } from './planes';
import type { Layer, Plane, Size } from './raster';
import { reduceLayer } from './reduce-layer';

/**
 * The one way to another size, for layers, planes and colours. The axes that shrink do so by libvips (Lanczos), and
 * then the axes that grow by `interpolate`: libvips shifts what it enlarges.
 */

export const sameSize = (a: Size, b: Size): boolean => a.width === b.width && a.height === b.height;

const smallerOf = (a: Size, b: Size): Size => ({
  width: Math.min(a.width, b.width),
  height: Math.min(a.height, b.height),
});

export async function resampleLayer(layer: Layer, crop: Box, size: Size): Promise<Layer> {
  const least = smallerOf(crop, size);
  if (sameSize(least, crop)) return enlargeLayer(layer, crop, size);
  const reduced = await reduceLayer(layer, crop, least);
  return sameSize(least, size) ? reduced : enlargeLayer(reduced, { left: 0, top: 0, ...least }, size);
}

export async function resamplePlane(plane: Plane, { width, height }: Size): Promise<Plane> {
  const size = { width, height };
  const least = smallerOf(plane, size);
  const picture = sameSize(least, plane) ? plane : await toPlane(resize(fromPlane(plane), least));
  return sameSize(least, size) ? picture : { ...size, data: enlargeSamples(picture.data, least, size) };
}

/** Interleaved sRGB without alpha. */
export async function resampleRgb(rgb: Buffer, from: Size, to: Size, kernel: Kernel = cubic): Promise<Buffer> {
  const least = smallerOf(from, to);
  const reduced = sameSize(least, from) ? rgb : (await toPlane(resize(fromRgb(rgb, from), least))).data;
  return sameSize(least, to) ? reduced : enlargeSamples(reduced, least, to, { channels: 3, kernel });
}

const resize = (picture: ReturnType<typeof fromPlane>, { width, height }: Size) =>
  picture.resize(width, height, { fit: 'fill', kernel: 'lanczos3' });
