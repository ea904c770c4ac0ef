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

async function resized(picture: Composed, size: Size): Promise<Composed> {
  if (picture.kind === 'layer') {
    const { width, height } = picture;
    return { kind: 'layer', ...(await resampleLayer(picture, { left: 0, top: 0, width, height }, size)) };
  }
  if (picture.kind === 'grey') return { kind: 'grey', ...(await resamplePlane(picture, size)) };
  return { kind: 'opaque', ...size, rgb: await resampleRgb(picture.rgb, picture, size) };
}
