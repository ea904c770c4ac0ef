/**
 * IEEE 754 half precision as raw 16-bit patterns: graphs that take or give `float16` speak it, and Node 20 has no
 * `Float16Array`.
 */

const floatView = new Float32Array(1);
const bitsView = new Uint32Array(floatView.buffer);

/** Nearest half (ties to even) of a number, as its bit pattern. */
function toHalfBits(value: number): number {
  floatView[0] = value;
  const bits = bitsView[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 0xff) - 112;
  const fraction = bits & 0x7fffff;
  if (exponent >= 143) return sign | 0x7c00 | (fraction ? 0x200 : 0);
  if (exponent >= 31) return sign | 0x7c00;
  if (exponent < -10) return sign;
  const whole = exponent > 0 ? fraction : fraction | 0x800000;
  const shift = exponent > 0 ? 13 : 14 - exponent;
  const kept = (exponent > 0 ? exponent << 10 : 0) + (whole >>> shift);
  const rest = whole & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  // A carry out of the fraction rightly runs into the exponent.
  return sign | (kept + (rest > half || (rest === half && kept & 1) ? 1 : 0));
}

function fromHalfBits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** All 65536 halves, made at the first need: weights are read by the million. */
let table: Float32Array | null = null;

// Loops, not `from`, which walks typed arrays by iterator, a hundred times slower.
export function toHalf(values: Float32Array): Uint16Array {
  const bits = new Uint16Array(values.length);
  for (let i = 0; i < bits.length; i++) bits[i] = toHalfBits(values[i]!);
  return bits;
}

export function fromHalf(bits: Uint16Array): Float32Array {
  table ??= Float32Array.from({ length: 0x10000 }, (_, pattern) => fromHalfBits(pattern));
  const values = new Float32Array(bits.length);
  for (let i = 0; i < values.length; i++) values[i] = table[bits[i]!]!;
  return values;
}
