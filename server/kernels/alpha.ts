/**
 * The loops of imaging/webp/alpha-chunk.ts, in AssemblyScript (https://www.assemblyscript.org), compiled to WebAssembly
 * with SIMD by `npm run kernels`. A token is a value that stands for itself, or a run of values equal to those at their left
 * or above (RFC 9649, 3.7).
 */

const MIN_RUN: i32 = 4;
const MAX_RUN: i32 = 4096;
/** Distance codes of the neighbours (RFC 9649, 3.6.2). */
const ABOVE: i32 = 0;
const LEFT: i32 = 1;
/** Symbols of values, after which those of run lengths follow. */
const VALUES: i32 = 256;
/** A token takes at most 15 + 11 + 15 bits; the writer leaves up to 7 in hand. */
const TOKEN_BYTES: i32 = 8;

/**
 * Differences from the prediction, modulo 256, in place and from the last to the first, since each needs its neighbours as
 * they were. The first of a row is predicted from the one above it, the very first from nothing. 1 predicts by the left
 * neighbour, 3 by the gradient (RFC 9649, 2.7.1.2).
 */
export function predict(values: usize, width: i32, height: i32, filter: i32): void {
  for (let y = height - 1; y >= 0; y--) {
    const row = values + y * width;
    if (filter == 3 && y > 0) gradientRow(row, width);
    else for (let at = row + width - 1; at > row; at--) store<u8>(at, load<u8>(at) - load<u8>(at - 1));
    if (y > 0) store<u8>(row, load<u8>(row) - load<u8>(row - width));
  }
}

function gradientRow(row: usize, width: i32): void {
  for (let at = row + width - 1; at > row; at--) {
    const above = at - width;
    const guess = <i32>load<u8>(at - 1) + <i32>load<u8>(above) - <i32>load<u8>(above - 1);
    store<u8>(at, load<u8>(at) - <u8>min(255, max(0, guess)));
  }
}

/** How many values from `at` on are equal to those from `from` on, up to `most`. What follows `most` may be read. */
// @ts-ignore: decorator
@inline
function runLength(at: usize, from: usize, most: i32): i32 {
  let length: i32 = 0;
  while (length < most) {
    const same = i8x16.bitmask(i8x16.eq(v128.load(at + length), v128.load(from + length)));
    if (same != 0xffff) return min(most, length + ctz(~same));
    length += 16;
  }
  return most;
}

/** The length of the run that begins at `at`, below `MIN_RUN` where there is none; negative where it is of the values above. */
// @ts-ignore: decorator
@inline
function runAt(values: usize, at: i32, width: i32, total: i32): i32 {
  const most = min(MAX_RUN, total - at);
  const left = at == 0 ? 0 : runLength(values + at, values + at - 1, most);
  const above = left >= 64 || at < width ? 0 : runLength(values + at, values + at - width, most);
  return left >= above ? left : -above;
}

/** Extra bits of a run's length less 1, and its prefix (RFC 9649, 3.6.2). */
// @ts-ignore: decorator
@inline
function extraBitsOf(value: i32): i32 {
  return value < 4 ? 0 : 30 - clz(value);
}

// @ts-ignore: decorator
@inline
function prefixOf(value: i32, extraBits: i32): i32 {
  return value < 4 ? value : 2 * (extraBits + 1) + ((value >> extraBits) & 1);
}

// @ts-ignore: decorator
@inline
function addOne(counts: usize, symbol: i32): void {
  store<u32>(counts + 4 * symbol, load<u32>(counts + 4 * symbol) + 1);
}

/** Counts each symbol of the tokens of `total` values, and of their runs' distances. */
export function count(values: usize, width: i32, total: i32, symbols: usize, distances: usize): void {
  for (let at = 0; at < total; ) {
    const run = runAt(values, at, width, total);
    const length = abs(run);
    if (length < MIN_RUN) {
      addOne(symbols, load<u8>(values + at++));
      continue;
    }
    addOne(symbols, VALUES + prefixOf(length - 1, extraBitsOf(length - 1)));
    addOne(distances, run > 0 ? LEFT : ABOVE);
    at += length;
  }
}

/**
 * Writes tokens from the value `at` on as bits, the least significant of each byte first, until `room` bytes are nearly
 * full or all is written; answers with the next value. `codes` has for each symbol its bits and, above 16 bits, how many
 * they are; then those of the distances. `state` holds the bits in hand and how many they are, and is told how many bytes
 * were written.
 */
export function put(
  values: usize,
  width: i32,
  total: i32,
  at: i32,
  codes: usize,
  distances: usize,
  state: usize,
  out: usize,
  room: i32,
): i32 {
  let pending = <u64>load<u32>(state);
  let used = load<i32>(state, 4);
  let to = out;
  const last = out + room - TOKEN_BYTES;
  while (at < total && to <= last) {
    const run = runAt(values, at, width, total);
    const length = abs(run);
    if (length < MIN_RUN) {
      const code = load<u32>(codes + 4 * <i32>load<u8>(values + at++));
      pending |= <u64>(code & 0xffff) << used;
      used += code >> 16;
    } else {
      const extraBits = extraBitsOf(length - 1);
      const code = load<u32>(codes + 4 * (VALUES + prefixOf(length - 1, extraBits)));
      pending |= <u64>(code & 0xffff) << used;
      used += code >> 16;
      pending |= <u64>((length - 1) & ((1 << extraBits) - 1)) << used;
      used += extraBits;
      const distance = load<u32>(distances + 4 * (run > 0 ? LEFT : ABOVE));
      pending |= <u64>(distance & 0xffff) << used;
      used += distance >> 16;
      at += length;
    }
    store<u64>(to, pending);
    to += used >> 3;
    pending >>= used & ~7;
    used &= 7;
  }
  store<u32>(state, <u32>pending);
  store<i32>(state, used, 4);
  store<i32>(state, to - out, 8);
  return at;
}
