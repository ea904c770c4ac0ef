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

function range(values: Float32Array): { low: number; high: number } {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high };
}

export interface ModelMatte {
  matte: Plane;
  /** The largest value before the stretch: how sure the network is of whatever it is surest of. */
  peak: number;
}

/**
 * The network's answer as an 8-bit matte of the same size, stretched by min-max when the card says so and the values
 * differ at all. `raw` holds width × height numbers; a NaN counts as 0.
 */
export function postprocess(raw: Float32Array, width: number, height: number, output: ModelCard['output']): ModelMatte {
  const values = output.activation === 'sigmoid' ? raw.map(sigmoid) : raw;
  const { low: least, high: peak } = range(values);
  const stretches = output.normalise && peak - least > MIN_SPREAD;
  const [low, scale] = stretches ? [least, 255 / (peak - least)] : [0, 255];
  // It rounds, clamps and takes NaN for 0 by itself.
  const data = new Uint8ClampedArray(width * height);
  for (let i = 0; i < data.length; i++) data[i] = (values[i]! - low) * scale;
  return { matte: { width, height, data: Buffer.from(data.buffer) }, peak };
}
