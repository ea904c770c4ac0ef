import type { Shadow } from '../options/schema';
import { fromPlane, toPlane } from './planes';
import { scale } from './place';
import type { Layer, Plane } from './raster';

/** A blur wider than this is made on a smaller plane: at σ = 8 nobody sees the difference, and it costs a hundredth. */
const FULL_SIZE_SIGMA = 8;
/** libvips takes no smaller blur. */
const LEAST_SIGMA = 0.3;
/** A Gaussian ends here to the eye. */
const REACH = 3;

/**
 * Puts a black shadow of the layer beneath it, inside its canvas; what would fall outside is cut. In place: alpha
 * becomes a + s(1 − a), and colours are weighted by their share of it (Porter & Duff 1984, "over", straight alpha).
 */
export async function addShadow(layer: Layer, shadow: Shadow): Promise<void> {
  const cast = await castShadow({ width: layer.width, height: layer.height, data: layer.alpha }, shadow);
  const { rgb, alpha } = layer;
  for (let i = 0, p = 0; i < alpha.length; i++, p += 3) {
    const above = alpha[i]!;
    const dark = (cast.data[i]! * shadow.opacity * (255 - above)) / 255;
    const sum = Math.round(above + dark);
    if (sum === above) continue;
    const share = above / sum;
    rgb[p] = rgb[p]! * share + 0.5;
    rgb[p + 1] = rgb[p + 1]! * share + 0.5;
    rgb[p + 2] = rgb[p + 2]! * share + 0.5;
    alpha[i] = sum;
  }
}

/** The alpha plane, blurred and moved; nothing beyond the canvas casts a shadow. */
async function castShadow(alpha: Plane, { blur, offset }: Shadow): Promise<Plane> {
  const { width, height } = alpha;
  const sigma = blur / 2;
  const shrink = Math.max(1, sigma / FULL_SIZE_SIGMA);
  const small = { width: Math.max(1, Math.round(width / shrink)), height: Math.max(1, Math.round(height / shrink)) };
  // Room on every side for the blur and the offset, in whole pixels of the small plane.
  const x = Math.ceil(((REACH * sigma + Math.abs(offset.x)) * small.width) / width);
  const y = Math.ceil(((REACH * sigma + Math.abs(offset.y)) * small.height) / height);
  const reduced = await toPlane(scale(fromPlane(alpha), alpha, small));
  const wide = { width: small.width + 2 * x, height: small.height + 2 * y };
  const padded = await toPlane(fromPlane(reduced).extend({ left: x, right: x, top: y, bottom: y, background: '#000' }));
  const reducedSigma = sigma / shrink;
  const blurred = reducedSigma < LEAST_SIGMA ? padded : await toPlane(fromPlane(padded).blur(reducedSigma));
  // The room in pixels of the canvas again, as exactly as the enlarged plane has it.
  const back = {
    width: Math.round((wide.width * width) / small.width),
    height: Math.round((wide.height * height) / small.height),
  };
  const left = Math.round((x * width) / small.width - offset.x);
  const top = Math.round((y * height) / small.height - offset.y);
  return toPlane(scale(fromPlane(blurred), wide, back).extract({ left, top, width, height }));
}
