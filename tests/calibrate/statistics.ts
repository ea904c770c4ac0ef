/** Bins on each side of zero. */
export const BINS = 4096;

/** What one picture's numbers in one tensor look like. */
export interface Histogram {
  /** Of the values themselves. */
  low: number;
  high: number;
  /** Width of a bin; a power of two, so that histograms of several pictures can be laid on each other. */
  width: number;
  /** From −BINS to BINS − 1; exact zeros are not counted, they are exact in 8 bits too. */
  counts: Uint32Array;
}

export function histogramOf(values: Float32Array): Histogram {
  let [low, high] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value > high) high = value;
    else if (value < low) low = value;
  }
  const width = 2 ** Math.ceil(Math.log2(Math.max(high, -low, 2 ** -20) / BINS));
  const counts = new Uint32Array(2 * BINS);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value !== 0) counts[Math.min(2 * BINS - 1, Math.floor(value / width) + BINS)]!++;
  }
  return { low, high, width, counts };
}

/** Several pictures' counts on bins of the widest. */
export function merged(histograms: readonly Histogram[]): { width: number; counts: Float64Array } {
  const width = Math.max(...histograms.map((one) => one.width));
  const counts = new Float64Array(2 * BINS);
  for (const one of histograms) {
    const shrink = one.width / width;
    for (let bin = 0; bin < 2 * BINS; bin++) counts[Math.floor((bin - BINS) * shrink) + BINS]! += one.counts[bin]!;
  }
  return { width, counts };
}
