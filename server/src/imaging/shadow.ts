import type { Shadow } from '../options/schema';
import { enlargeSamples } from './enlarge';
import { embedPlane } from './place';
import { fromPlane, toPlane } from './planes';
import type { Layer, Plane } from './raster';
import { resamplePlane, sameSize } from './resample';
import { REACH } from './shadow-reach';

/** A blur wider than this is made on a smaller plane: at σ = 8 nobody sees the difference, and it costs a hundredth. */
const FULL_SIZE_SIGMA = 8;
/** libvips takes no smaller blur. */
const LEAST_SIGMA = 0.3;

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
  const scale = { x: small.width / width, y: small.height / height };
  // Room on every side for the blur and the offset, in whole pixels of the small plane.
  const x = Math.ceil((REACH * sigma + Math.abs(offset.x)) * scale.x);
  const y = Math.ceil((REACH * sigma + Math.abs(offset.y)) * scale.y);
  const reduced = await resamplePlane(alpha, small);
  const wide = { width: small.width + 2 * x, height: small.height + 2 * y };
  const padded = embedPlane(reduced, wide, x, y);
  const smallSigma = sigma / shrink;
  const blurred = smallSigma < LEAST_SIGMA ? padded : await toPlane(fromPlane(padded).blur(smallSigma));
  const window = { left: x - offset.x * scale.x, top: y - offset.y * scale.y, ...small };
  if (sameSize(small, alpha) && Number.isInteger(window.left) && Number.isInteger(window.top)) {
    return embedPlane(blurred, { width, height }, -window.left, -window.top);
  }
  return { width, height, data: enlargeSamples(blurred.data, wide, { width, height }, { window }) };
}
