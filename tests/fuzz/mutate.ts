import { pick, type Random } from '../fixtures/random';

/** Numbers at which readers of sides, lengths and offsets go wrong. */
const EDGES = [0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff];

const below = (random: Random, most: number): number => Math.floor(random() * most);

type Change = (random: Random, bytes: Buffer, others: readonly Buffer[]) => Buffer;

const CHANGES: Change[] = [
  (random, bytes) => {
    bytes[below(random, bytes.length)] = below(random, 256);
    return bytes;
  },
  (random, bytes) => {
    bytes[below(random, bytes.length)]! ^= 1 << below(random, 8);
    return bytes;
  },
  // Headers are near the start.
  (random, bytes) => {
    const at = below(random, Math.max(1, Math.min(bytes.length, 160) - 4));
    const value = pick(random, EDGES);
    if (at + 4 > bytes.length) return bytes;
    if (random() < 0.5) bytes.writeUInt32LE(value, at);
    else bytes.writeUInt32BE(value, at);
    return bytes;
  },
  (random, bytes) => {
    const at = below(random, Math.max(1, bytes.length - 2));
    if (at + 2 > bytes.length) return bytes;
    const value = pick(random, EDGES) & 0xffff;
    if (random() < 0.5) bytes.writeUInt16LE(value, at);
    else bytes.writeUInt16BE(value, at);
    return bytes;
  },
  (random, bytes) => bytes.subarray(0, 1 + below(random, bytes.length)),
  (random, bytes) => {
    const from = below(random, bytes.length);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + below(random, 40))]);
  },
  (random, bytes) => {
    const from = below(random, bytes.length);
    const part = bytes.subarray(from, from + below(random, 200));
    return Buffer.concat([bytes.subarray(0, from), part, bytes.subarray(from)]);
  },
  (random, bytes) => {
    const from = below(random, bytes.length);
    return bytes.fill(pick(random, [0, 0xff]), from, Math.min(bytes.length, from + below(random, 64)));
  },
  (random, bytes, others) => {
    const other = pick(random, others);
    return Buffer.concat([bytes.subarray(0, below(random, bytes.length)), other.subarray(below(random, other.length))]);
  },
];

/** One of the seeds with one to eight changes; never longer than 1 MB. */
export function mutated(random: Random, seeds: readonly Buffer[]): Buffer {
  let bytes: Buffer = Buffer.from(pick(random, seeds));
  for (let changes = 1 + below(random, 8); changes > 0 && bytes.length > 0; changes--) {
    bytes = pick(random, CHANGES)(random, bytes, seeds);
  }
  return bytes.subarray(0, 1e6);
}

const WORDS = [
  '',
  '0',
  '-1',
  '1e999',
  'NaN',
  'null',
  '#',
  '#ff00ff80',
  '50%',
  '10px',
  '-5%',
  'webp',
  'true',
  '\0',
  'ü',
  '[]',
];

/** Any JSON, mostly made of the names and values that a parser knows. */
export function anyValue(random: Random, names: readonly string[], depth = 0): unknown {
  const kind = below(random, depth > 2 ? 6 : 8);
  if (kind === 0) return pick(random, [null, undefined, true, false]);
  if (kind === 1) return pick(random, [...EDGES, -1, 0.5, -0, 1e308, Infinity, NaN]);
  if (kind <= 4) return pick(random, WORDS);
  if (kind === 5)
    return Array.from({ length: below(random, 6) }, () => pick(random, WORDS)).join(pick(random, [' ', ',', '']));
  if (kind === 6) return Array.from({ length: below(random, 5) }, () => anyValue(random, names, depth + 1));
  return anyObject(random, names, depth);
}

export function anyObject(random: Random, names: readonly string[], depth = 0): Record<string, unknown> {
  const entries = Array.from({ length: 1 + below(random, 6) }, (): [string, unknown] => [
    random() < 0.9 ? pick(random, names) : pick(random, ['__proto__', 'constructor', ...WORDS]),
    anyValue(random, names, depth + 1),
  ]);
  return Object.fromEntries(entries);
}
