import type { Plane } from '../../imaging/raster';
import type { ModelCard } from './card';

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/**
 * A range smaller than this is noise around one value, not a subject: stretching it would turn "nothing found" into
 * a full matte. One step of the 8 bits that leave here.
 */
const MIN_SPREAD = 1 / 255;

/** What maps the network's numbers to 0…1: min-max when the card says so, and they differ at all. */
function stretch(values: Float32Array, normalise: boolean): { low: number; scale: number } {
  if (!normalise) return { low: 0, scale: 1 };
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return high - low > MIN_SPREAD ? { low, scale: 1 / (high - low) } : { low: 0, scale: 1 };
}

/**
 * The network's answer as an 8-bit matte of the same size. `values` holds width × height numbers; a NaN counts as 0.
 */
export function postprocess(raw: Float32Array, width: number, height: number, output: ModelCard['output']): Plane {
  const values = output.activation === 'sigmoid' ? raw.map(sigmoid) : raw;
  const { low, scale } = stretch(values, output.normalise);
  const data = Buffer.allocUnsafe(width * height);
  for (let i = 0; i < data.length; i++) {
    const value = (values[i]! - low) * scale;
    data[i] = value > 0 ? (value < 1 ? (value * 255 + 0.5) | 0 : 255) : 0;
  }
  return { width, height, data };
}
