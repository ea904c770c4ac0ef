import type { Composed } from './compose';
import { fromPlane, fromRgb, interleaved, toLayer, toPlane } from './planes';
import { scale } from './place';

/**
 * The same picture at smaller widths, aspect kept; a width that is not smaller gives none. In the order of the widths.
 */
export async function* smallerSizes(picture: Composed, widths: readonly number[]): AsyncGenerator<Composed> {
  const smaller = widths.filter((width) => width < picture.width);
  if (smaller.length === 0) return;
  const base = picture.kind === 'layer' ? interleaved(picture, { left: 0, top: 0, ...picture }) : null;
  for (const width of smaller) {
    const size = { width, height: Math.max(1, Math.round((picture.height * width) / picture.width)) };
    if (picture.kind === 'grey') {
      yield { kind: 'grey', ...(await toPlane(scale(fromPlane(picture), picture, size))) };
    } else if (picture.kind === 'opaque') {
      const { data } = await toPlane(scale(fromRgb(picture.rgb, picture), picture, size));
      yield { kind: 'opaque', ...size, rgb: data };
    } else if (base) {
      yield { kind: 'layer', ...(await toLayer(scale(base.clone(), picture, size))) };
    }
  }
}
