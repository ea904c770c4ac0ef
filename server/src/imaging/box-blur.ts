/** Running sums of interleaved values along one axis: `lines` lines of `length` cells, `step` numbers apart. */
function sumAxis(
  values: Float32Array,
  channels: number,
  { lines, length, lineStep, step }: { lines: number; length: number; lineStep: number; step: number },
  radius: number,
): Float32Array {
  const summed = new Float32Array(values.length);
  const running = new Float64Array(channels);
  for (let line = 0; line < lines; line++) {
    const base = line * lineStep;
    running.fill(0);
    for (let i = -radius; i < length; i++) {
      const enter = base + (i + radius) * step;
      const leave = base + (i - radius - 1) * step;
      const at = base + i * step;
      for (let k = 0; k < channels; k++) {
        if (i + radius < length) running[k]! += values[enter + k]!;
        if (i - radius > 0) running[k]! -= values[leave + k]!;
        if (i >= 0) summed[at + k] = running[k]!;
      }
    }
  }
  return summed;
}

/**
 * Sums of interleaved values over squares of 2 · radius + 1 cells, cut off at the borders. Not divided: who needs means
 * takes ratios of two sums.
 */
export function boxBlur(
  values: Float32Array,
  { columns, rows }: { columns: number; rows: number },
  channels: number,
  radius: number,
): Float32Array {
  const row = columns * channels;
  const across = sumAxis(values, channels, { lines: rows, length: columns, lineStep: row, step: channels }, radius);
  return sumAxis(across, channels, { lines: columns, length: rows, lineStep: channels, step: row }, radius);
}
