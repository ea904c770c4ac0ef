import { wasm } from '../kernels/alpha';
import { instantiate, planMemory } from '../kernels/memory';
import { createBitWriter } from './bit-writer';
import { createPrefixCode, type PrefixCode, putPrefixCode } from './prefix-code';

/**
 * The lossless alpha plane of a WebP file (ALPH chunk holding a VP8L stream, RFC 9649).
 *
 * libwebp writes the same, but asks for 18 bytes of memory per pixel while it does: 1.8 GB for 100 megapixels, which
 * no picture child may use. A matte is mostly flat, so predicted values, runs of equal pixels and one prefix code are
 * nearly as small; this takes 1 byte per pixel and runs beside libwebp's work on the colours. The loops over pixels are in
 * server/kernels/alpha.ts.
 */
export function encodeAlpha(alpha: Uint8Array, width: number, height: number): Buffer {
  const tokens = createTokens(width, height);
  const filter = bestFilter(tokens, alpha, width, height);
  const counts = tokens.count(alpha, FILTERS[filter]);
  const writer = createBitWriter();
  // Reserved, no pre-processing, filter, lossless compression.
  writer.put((FILTERS[filter] << 2) | 1, 8);
  // No transform, no colour cache, one set of codes for the whole plane.
  writer.put(0, 3);
  const green = putPrefixCode(writer, createPrefixCode(counts.symbols));
  // Red, blue and alpha are 0 throughout and take no bits.
  const nothing = createPrefixCode(new Uint32Array(256));
  for (let channel = 0; channel < 3; channel++) putPrefixCode(writer, nothing);
  const distances = putPrefixCode(writer, createPrefixCode(counts.distances));
  const { bytes, pending, used } = writer.pause();
  return Buffer.concat([bytes, ...tokens.put(green, distances, pending, used)]);
}

/** How an alpha value is predicted from its neighbours; the number is the one the ALPH chunk names (RFC 9649, 2.7.1.2). */
const FILTERS = { none: 0, horizontal: 1, gradient: 3 } as const;
type Filter = keyof typeof FILTERS;

/** Symbols of the green channel: 256 values, then 24 prefixes of run lengths (RFC 9649, 3.7.1). */
const SYMBOLS = 256 + 24;
/** Distance codes of the neighbours come first (RFC 9649, 3.6.2). */
const DISTANCE_PREFIXES = 40;
/** The kernel compares 16 values at a time. */
const SLACK = 16;
/** Bytes that are written before they are taken out of the kernel's memory. */
const ROOM = 65_536;

interface Kernel {
  predict(values: number, width: number, height: number, filter: number): void;
  count(values: number, width: number, total: number, symbols: number, distances: number): void;
  put(
    values: number,
    width: number,
    total: number,
    at: number,
    codes: number,
    distances: number,
    state: number,
    out: number,
    room: number,
  ): number;
}

interface Counts {
  symbols: Uint32Array;
  distances: Uint32Array;
}

/** The kernel's memory for planes of that width, of that height at most. */
function createTokens(width: number, height: number) {
  const plan = planMemory();
  const at = {
    values: plan.take(width * height + SLACK),
    symbols: plan.numbers(SYMBOLS),
    distances: plan.numbers(DISTANCE_PREFIXES),
    state: plan.numbers(3),
    out: plan.take(ROOM),
  };
  const memory = plan.memory();
  const kernel = instantiate<Kernel>(wasm, memory);
  const numbers = (place: number, length: number): Uint32Array => new Uint32Array(memory.buffer, place, length);
  const symbols = numbers(at.symbols, SYMBOLS);
  const distances = numbers(at.distances, DISTANCE_PREFIXES);
  const state = numbers(at.state, 3);
  let total = 0;
  return {
    /** Takes whole rows and counts their tokens, once they are predicted. */
    count(alpha: Uint8Array, filter: number): Counts {
      total = alpha.length;
      new Uint8Array(memory.buffer, at.values, total).set(alpha);
      symbols.fill(0);
      distances.fill(0);
      if (filter !== FILTERS.none) kernel.predict(at.values, width, total / width, filter);
      kernel.count(at.values, width, total, at.symbols, at.distances);
      return { symbols: symbols.slice(), distances: distances.slice() };
    },
    /** The tokens counted last, as bits after `used` that are `pending`. */
    put(green: PrefixCode, distance: PrefixCode, pending: number, used: number): Uint8Array[] {
      symbols.set(packed(green));
      distances.set(packed(distance));
      state.set([pending, used]);
      const parts: Uint8Array[] = [];
      for (let next = 0; next < total;) {
        next = kernel.put(at.values, width, total, next, at.symbols, at.distances, at.state, at.out, ROOM);
        parts.push(new Uint8Array(memory.buffer, at.out, state[2]).slice());
      }
      if (state[1]! > 0) parts.push(Uint8Array.of(state[0]!));
      return parts;
    },
  };
}

/** Of each symbol its bits, and above 16 bits how many they are. */
const packed = ({ lengths, bits }: PrefixCode): Uint32Array =>
  Uint32Array.from(lengths, (length, symbol) => (length << 16) | bits[symbol]!);

type Tokens = ReturnType<typeof createTokens>;

/** Rows of a band, and how many bands are looked at to choose the filter. */
const BAND = 16;
const BANDS = 24;

/** The filter that leaves the fewest bits, judged by bands spread over the plane. */
function bestFilter(tokens: Tokens, alpha: Uint8Array, width: number, height: number): Filter {
  const step = Math.max(BAND, Math.floor(height / BANDS));
  const totals: Record<Filter, number> = { none: 0, horizontal: 0, gradient: 0 };
  for (let top = 0; top < height; top += step) {
    const band = alpha.subarray(top * width, Math.min(height, top + BAND) * width);
    for (const filter of Object.keys(totals) as Filter[])
      totals[filter] += bitsOf(tokens.count(band, FILTERS[filter]).symbols);
  }
  return (Object.keys(totals) as Filter[]).reduce((best, filter) => (totals[filter] < totals[best] ? filter : best));
}

/** Shannon's bound for the counted tokens, with a flat guess for a run's extra bits. */
function bitsOf(symbols: Uint32Array): number {
  const total = symbols.reduce((sum, count) => sum + count, 0);
  let bits = 0;
  symbols.forEach((count, symbol) => {
    if (count > 0)
      bits += count * (Math.log2(total / count) + (symbol < 256 ? 0 : 1 + Math.max(0, (symbol - 258) / 2)));
  });
  return bits;
}
