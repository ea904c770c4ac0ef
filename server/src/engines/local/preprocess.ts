import { lanczos3 } from '../../imaging/interpolate';
import type { Raster } from '../../imaging/raster';
import { resampleRgb } from '../../imaging/resample';
import type { ModelCard } from './card';

/** Largest sample of an interleaved 8-bit picture; 1 for a black one, so that it can divide. */
function brightest(rgb: Buffer): number {
  let max = 1;
  for (let i = 0; i < rgb.length && max < 255; i++) if (rgb[i]! > max) max = rgb[i]!;
  return max;
}

/** The 256 possible results of (x / divisor − mean) / std, so that a pixel costs one look-up. */
function normalisation(divisor: number, mean: number, std: number): Float32Array {
  return Float32Array.from({ length: 256 }, (_, x) => (x / divisor - mean) / std);
}

/** Kept from run to run: 12 MB of fresh memory for each cost as much time as filling them. */
let kept = new Float32Array(0);

/** The picture squeezed to the card's input size: aspect is not kept, as these networks were trained. */
export function squeeze(raster: Raster, { width, height }: ModelCard['input']): Promise<Buffer> {
  return resampleRgb(raster.rgb, raster, { width, height }, lanczos3);
}

/**
 * The picture as a model in single precision wants it: squeezed, normalised per channel, planes R, G, B one after the
 * other (NCHW with N = 1). The next call writes over it.
 */
export async function preprocess(raster: Raster, input: ModelCard['input']): Promise<Float32Array> {
  return normalise(await squeeze(raster, input), input);
}

/** @param rgb interleaved, of the card's input size */
export function normalise(rgb: Buffer, input: ModelCard['input']): Float32Array {
  const { width, height, mean, std } = input;
  const divisor = input.scale === 'max' ? brightest(rgb) : 255;
  const [red, green, blue] = [0, 1, 2].map((c) => normalisation(divisor, mean[c]!, std[c]!)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const plane = width * height;
  if (kept.length !== 3 * plane) kept = new Float32Array(3 * plane);
  const values = kept;
  for (let i = 0, p = 0; i < plane; i++, p += 3) {
    values[i] = red[rgb[p]!]!;
    values[i + plane] = green[rgb[p + 1]!]!;
    values[i + 2 * plane] = blue[rgb[p + 2]!]!;
  }
  return values;
}
