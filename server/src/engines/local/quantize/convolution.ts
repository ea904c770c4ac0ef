import type { Step } from '../onnx/float-graph';

/** How a tensor's 8-bit numbers are read: value = (q − zero) · scale. */
export interface Scale {
  scale: number;
  zero: number;
}

/** The scale whose 256 steps span `low` … `high`; 0 is one of them, since convolutions pad with it. */
export function scaleOf([low, high]: readonly [number, number]): Scale {
  const [from, to] = [Math.min(0, low), Math.max(0, high)];
  const scale = Math.fround((to - from || 1) / 255);
  return { scale, zero: Math.min(255, Math.max(0, Math.round(-from / scale))) };
}

export interface QuantizedConvolution {
  weights: Int8Array;
  /** By output channel. */
  scales: Float32Array;
  /** In units of input scale × weight scale. */
  bias: Int32Array;
}

/** Sums of products must not leave 32 bits; the bias gets a quarter of them. */
const MAX_BIAS = 2 ** 29;

/** 8-bit weights. */
const LARGEST = 127;
/** Of the sum of two weights: with rounding it is 128 at most, and 128 · 255 fits in 16 bits. */
const LARGEST_PAIR = 127;

export interface ConvolutionOptions {
  inputScale: number;
  /** For processors that add two products in 16 bits: no two weights that meet there are too large together. */
  paired: boolean;
  /** What each input channel holds on average. */
  means: Float32Array;
}

/**
 * Weights with one scale for each output channel, symmetric about 0. What their rounding adds to the average result is
 * taken off the bias (M. Nagel et al.: "Data-Free Quantization Through Weight Equalization and Bias Correction", ICCV 2019).
 *
 * @param bias in single precision, by output channel
 */
export function quantizeConvolution(
  { dims, values }: Pick<NonNullable<Step['weights']>, 'dims' | 'values'>,
  bias: Float32Array,
  { inputScale, paired, means }: ConvolutionOptions,
): QuantizedConvolution {
  const channels = dims[0]!;
  const size = values.length / channels;
  const places = size / dims[1]!;
  const result = {
    weights: new Int8Array(values.length),
    scales: new Float32Array(channels),
    bias: new Int32Array(channels),
  };
  for (let channel = 0; channel < channels; channel++) {
    const [from, to] = [channel * size, (channel + 1) * size];
    const own = values.subarray(from, to);
    const peak = Math.max(largest(own) / LARGEST, paired ? largestPair(own, dims[1]!) / LARGEST_PAIR : 0);
    // A channel without weights still has its bias, which must fit.
    const least = Math.abs(bias[channel]!) / (inputScale * MAX_BIAS);
    const scale = Math.fround(Math.max(peak, least, Number.MIN_VALUE) || 1);
    result.scales[channel] = scale;
    let added = 0;
    for (let i = from; i < to; i++) {
      const weight = Math.round(values[i]! / scale);
      result.weights[i] = weight;
      added += (weight * scale - values[i]!) * means[Math.floor((i - from) / places)]!;
    }
    result.bias[channel] = Math.round((bias[channel]! - added) / (inputScale * scale));
  }
  return result;
}

function largest(weights: Float32Array): number {
  let peak = 0;
  for (let i = 0; i < weights.length; i++) peak = Math.max(peak, Math.abs(weights[i]!));
  return peak;
}

/**
 * Of the sums of two weights that follow each other where the runtime multiplies: all input channels of a place of the
 * kernel, then those of the next place.
 */
function largestPair(weights: Float32Array, inputs: number): number {
  const places = weights.length / inputs;
  const at = (k: number): number => weights[(k % inputs) * places + Math.floor(k / inputs)] ?? 0;
  let peak = 0;
  for (let k = 0; k < weights.length; k += 2) peak = Math.max(peak, Math.abs(at(k) + at(k + 1)));
  return peak;
}
