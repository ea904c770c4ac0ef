import { FILTERS, residuals, type Filter } from './alpha-filter';
import { createBitWriter, type BitWriter } from './bit-writer';
import { createPrefixCode, putPrefixCode } from './prefix-code';

/**
 * The lossless alpha plane of a WebP file (ALPH chunk holding a VP8L stream, RFC 9649).
 *
 * libwebp writes the same, but asks for 18 bytes of memory per pixel while it does: 1.8 GB for 100 megapixels, which
 * no picture child may use. A matte is mostly flat, so predicted values, runs of equal pixels and one prefix code are
 * nearly as small; this takes 1 byte per pixel and runs beside libwebp's work on the colours.
 */
export function encodeAlpha(alpha: Uint8Array, width: number, height: number): Buffer {
  const filter = bestFilter(alpha, width, height);
  const values = residuals(alpha, width, height, filter);
  const counts = countTokens(values, width);
  const writer = createBitWriter(alpha.length >> 4);
  // Reserved, no pre-processing, filter, lossless compression.
  writer.put((FILTERS[filter] << 2) | 1, 8);
  // No transform, no colour cache, one set of codes for the whole plane.
  writer.put(0, 3);
  putTokens(writer, values, width, counts);
  return writer.finish();
}

/** Symbols of the green channel: 256 values, then 24 prefixes of run lengths (RFC 9649, 3.7.1). */
const LENGTH_PREFIXES = 24;
const DISTANCE_PREFIXES = 40;
/** Distance codes of the neighbours (RFC 9649, 3.6.2): code 1 is the pixel above, 2 the pixel to the left. */
const ABOVE = 0;
const LEFT = 1;
const MIN_RUN = 4;
const MAX_RUN = 4096;

interface Counts {
  values: Uint32Array;
  distances: Uint32Array;
}

/**
 * Walks the plane as VP8L sees it. A run of pixels equal to those at its left or above is told to `run`, every other
 * pixel to `literal`.
 */
function walk(
  values: Uint8Array,
  width: number,
  literal: (value: number) => void,
  run: (length: number, distance: number) => void,
): void {
  const total = values.length;
  for (let at = 0; at < total;) {
    const left = at === 0 ? 0 : runLength(values, at, at - 1, total);
    const above = left >= 64 || at < width ? 0 : runLength(values, at, at - width, total);
    const length = Math.max(left, above);
    if (length >= MIN_RUN) {
      run(length, left >= above ? LEFT : ABOVE);
      at += length;
    } else {
      literal(values[at++]!);
    }
  }
}

function runLength(values: Uint8Array, at: number, from: number, total: number): number {
  const most = Math.min(MAX_RUN, total - at);
  let length = 0;
  while (length < most && values[at + length] === values[from + length]) length += 1;
  return length;
}

/** Prefix and extra bits of a run length (RFC 9649, 3.6.2). */
function lengthPrefix(length: number): { prefix: number; extra: number; extraBits: number } {
  const value = length - 1;
  if (value < 4) return { prefix: value, extra: 0, extraBits: 0 };
  const high = 31 - Math.clz32(value);
  const extraBits = high - 1;
  return { prefix: 2 * high + ((value >> extraBits) & 1), extra: value & ((1 << extraBits) - 1), extraBits };
}

function countTokens(values: Uint8Array, width: number): Counts {
  const counts = { values: new Uint32Array(256 + LENGTH_PREFIXES), distances: new Uint32Array(DISTANCE_PREFIXES) };
  walk(
    values,
    width,
    (value) => (counts.values[value]! += 1),
    (length, distance) => {
      counts.values[256 + lengthPrefix(length).prefix]! += 1;
      counts.distances[distance]! += 1;
    },
  );
  return counts;
}

function putTokens(writer: BitWriter, values: Uint8Array, width: number, counts: Counts): void {
  const green = putPrefixCode(writer, createPrefixCode(counts.values));
  // Red, blue and alpha are 0 throughout and take no bits.
  const nothing = createPrefixCode(new Uint32Array(256));
  for (let channel = 0; channel < 3; channel++) putPrefixCode(writer, nothing);
  const distances = putPrefixCode(writer, createPrefixCode(counts.distances));
  walk(
    values,
    width,
    (value) => writer.put(green.bits[value]!, green.lengths[value]!),
    (length, distance) => {
      const { prefix, extra, extraBits } = lengthPrefix(length);
      writer.put(green.bits[256 + prefix]!, green.lengths[256 + prefix]!);
      writer.put(extra, extraBits);
      writer.put(distances.bits[distance]!, distances.lengths[distance]!);
    },
  );
}

/** Rows of a band, and how many bands are looked at to choose the filter. */
const BAND = 16;
const BANDS = 24;

/** The filter that leaves the fewest bits, judged by bands spread over the plane. */
function bestFilter(alpha: Uint8Array, width: number, height: number): Filter {
  const step = Math.max(BAND, Math.floor(height / BANDS));
  const totals: Record<Filter, number> = { none: 0, horizontal: 0, gradient: 0 };
  for (let top = 0; top < height; top += step) {
    const rows = Math.min(BAND, height - top);
    const band = alpha.subarray(top * width, (top + rows) * width);
    for (const filter of Object.keys(totals) as Filter[]) {
      totals[filter] += bitsOf(countTokens(residuals(band, width, rows, filter), width));
    }
  }
  return (Object.keys(totals) as Filter[]).reduce((best, filter) => (totals[filter] < totals[best] ? filter : best));
}

/** Shannon's bound for the counted tokens, with a flat guess for a run's extra bits. */
function bitsOf({ values }: Counts): number {
  const total = values.reduce((sum, count) => sum + count, 0);
  let bits = 0;
  values.forEach((count, symbol) => {
    if (count > 0)
      bits += count * (Math.log2(total / count) + (symbol < 256 ? 0 : 1 + Math.max(0, (symbol - 258) / 2)));
  });
  return bits;
}
