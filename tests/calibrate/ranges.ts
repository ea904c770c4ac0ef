import { BINS, merged, type Histogram } from './statistics';

/** A picture whose largest value is so many times the usual one is left out: it would blow the range up for all. */
const OUTLIER = 3;

function lowerQuartile(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 2]!;
}

/**
 * The range of a tensor: of all shares of the whole span, the one with the least squared error after rounding to 256
 * steps and clipping, over all pictures but the outliers.
 */
export function rangeOf(histograms: readonly Histogram[]): [number, number] {
  const reach = ({ low, high }: Histogram): number => Math.max(high, -low);
  const usual = lowerQuartile(histograms.map(reach));
  const kept = histograms.filter((one) => reach(one) <= OUTLIER * usual);
  const low = Math.min(...kept.map((one) => one.low));
  const high = Math.max(...kept.map((one) => one.high));
  const { width, counts } = merged(kept);
  let best: { error: number; share: number } = { error: Infinity, share: 1 };
  for (let share = 1; share > 0.05; share *= 0.97) {
    const error = squaredError(counts, width, low * share, high * share);
    if (error < best.error) best = { error, share };
  }
  return [rounded(low * best.share), rounded(high * best.share)];
}

const rounded = (value: number): number => Number(value.toPrecision(4));

export function squaredError(counts: Float64Array, width: number, low: number, high: number): number {
  const step = (high - low) / 255 || 1;
  let error = 0;
  for (let bin = 0; bin < 2 * BINS; bin++) {
    const count = counts[bin]!;
    if (count === 0) continue;
    const value = (bin - BINS + 0.5) * width;
    const nearest = Math.min(high, Math.max(low, Math.round(value / step) * step));
    error += count * (value - nearest) ** 2;
  }
  return error;
}
