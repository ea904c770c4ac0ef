/** Running sums along one axis: `lines` lines of `length` cells, each of `step` numbers beside each other. */
function sumAxis(
  values: Float32Array,
  { lines, length, step }: { lines: number; length: number; step: number },
  radius: number,
): Float32Array {
  const summed = new Float32Array(values.length);
  const running = new Float64Array(step);
  for (let line = 0; line < lines; line++) {
    const base = line * length * step;
    running.fill(0);
    for (let i = -radius; i < length; i++) {
      const enter = base + (i + radius) * step;
      const leave = base + (i - radius - 1) * step;
      const at = base + i * step;
      if (i > radius && i + radius < length) {
        for (let k = 0; k < step; k++) summed[at + k] = running[k]! += values[enter + k]! - values[leave + k]!;
        continue;
      }
      if (i + radius < length) for (let k = 0; k < step; k++) running[k]! += values[enter + k]!;
      if (i > radius) for (let k = 0; k < step; k++) running[k]! -= values[leave + k]!;
      if (i >= 0) for (let k = 0; k < step; k++) summed[at + k] = running[k]!;
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
  const across = sumAxis(values, { lines: rows, length: columns, step: channels }, radius);
  // Down all columns at once: their numbers lie beside each other in a row.
  return sumAxis(across, { lines: 1, length: rows, step: columns * channels }, radius);
}
