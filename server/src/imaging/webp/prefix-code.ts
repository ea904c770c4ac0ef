import type { BitWriter } from './bit-writer';

/** A canonical prefix (Huffman) code: length and bits per symbol; length 0 means the symbol does not occur. */
export interface PrefixCode {
  lengths: Uint8Array;
  /** Reversed, because a reader takes a code from its most significant bit on. */
  bits: Uint16Array;
}

/** Longest code of a symbol, and of a code length (RFC 9649, 3.7.2.1). */
const MAX_LENGTH = 15;
const MAX_LENGTH_OF_LENGTHS = 7;

/** Order in which the lengths of the code-length code are written (RFC 9649, 3.7.2.1.2). */
const LENGTH_ORDER = [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

export function createPrefixCode(counts: Uint32Array, maxLength = MAX_LENGTH): PrefixCode {
  const lengths = codeLengths(counts, maxLength);
  return { lengths, bits: canonicalBits(lengths) };
}

/**
 * Writes the code itself, and answers with the code to write symbols with: where one symbol only occurs it takes no
 * bits at all.
 */
export function putPrefixCode(writer: BitWriter, code: PrefixCode): PrefixCode {
  const present = [...code.lengths.keys()].filter((symbol) => code.lengths[symbol]! > 0);
  const [only = 0] = present;
  if (present.length <= 1 && only < 256) {
    putSimpleCode(writer, only);
    return { lengths: new Uint8Array(code.lengths.length), bits: code.bits };
  }
  putNormalCode(writer, code.lengths);
  return code;
}

/** The short form for one symbol (RFC 9649, 3.7.2.1.1). */
function putSimpleCode(writer: BitWriter, symbol: number): void {
  writer.put(1, 1);
  writer.put(0, 1);
  writer.put(symbol > 1 ? 1 : 0, 1);
  writer.put(symbol, symbol > 1 ? 8 : 1);
}

function putNormalCode(writer: BitWriter, lengths: Uint8Array): void {
  const tokens = runLengths(lengths);
  const counts = new Uint32Array(LENGTH_ORDER.length);
  for (const { symbol } of tokens) counts[symbol]! += 1;
  const code = createPrefixCode(counts, MAX_LENGTH_OF_LENGTHS);
  let last = LENGTH_ORDER.length;
  while (last > 4 && code.lengths[LENGTH_ORDER[last - 1]!] === 0) last -= 1;
  writer.put(0, 1);
  writer.put(last - 4, 4);
  for (const symbol of LENGTH_ORDER.slice(0, last)) writer.put(code.lengths[symbol]!, 3);
  // As many lengths follow as the alphabet has symbols.
  writer.put(0, 1);
  const single = tokens.every(({ symbol }) => symbol === tokens[0]!.symbol);
  for (const { symbol, extra, extraBits } of tokens) {
    // A code of a single length takes no bits.
    if (!single) writer.put(code.bits[symbol]!, code.lengths[symbol]!);
    writer.put(extra, extraBits);
  }
}

interface LengthToken {
  symbol: number;
  extra: number;
  extraBits: number;
}

/** Code lengths with their repetitions: 16 repeats the last one 3…6 times, 17 and 18 are 3…10 and 11…138 zeros. */
function runLengths(lengths: Uint8Array): LengthToken[] {
  const tokens: LengthToken[] = [];
  for (let at = 0; at < lengths.length;) {
    const value = lengths[at]!;
    let run = 1;
    while (at + run < lengths.length && lengths[at + run] === value) run += 1;
    at += run;
    if (value === 0) {
      for (; run >= 11; run -= Math.min(run, 138))
        tokens.push({ symbol: 18, extra: Math.min(run, 138) - 11, extraBits: 7 });
      if (run >= 3) {
        tokens.push({ symbol: 17, extra: run - 3, extraBits: 3 });
        run = 0;
      }
    } else {
      tokens.push({ symbol: value, extra: 0, extraBits: 0 });
      for (run -= 1; run >= 3; run -= Math.min(run, 6))
        tokens.push({ symbol: 16, extra: Math.min(run, 6) - 3, extraBits: 2 });
    }
    for (; run > 0; run -= 1) tokens.push({ symbol: value, extra: 0, extraBits: 0 });
  }
  return tokens;
}

/**
 * Huffman's lengths, none longer than `maxLength`: rare symbols are counted as more frequent until the tree is flat
 * enough, as libwebp does.
 */
function codeLengths(counts: Uint32Array, maxLength: number): Uint8Array {
  for (let least = 1; ; least *= 2) {
    const lengths = huffmanLengths(counts, least);
    if (lengths.every((length) => length <= maxLength)) return lengths;
  }
}

interface Node {
  weight: number;
  symbols: number[];
}

function huffmanLengths(counts: Uint32Array, least: number): Uint8Array {
  const lengths = new Uint8Array(counts.length);
  const leaves: Node[] = [];
  counts.forEach((count, symbol) => {
    if (count > 0) leaves.push({ weight: Math.max(count, least), symbols: [symbol] });
  });
  if (leaves.length === 1) lengths[leaves[0]!.symbols[0]!] = 1;
  leaves.sort((a, b) => a.weight - b.weight);
  // Two queues, both in order of weight: leaves, and the nodes made of them.
  const nodes: Node[] = [];
  let leaf = 0;
  let node = 0;
  const lightest = (): Node => {
    const fromLeaves = node >= nodes.length || (leaf < leaves.length && leaves[leaf]!.weight <= nodes[node]!.weight);
    return fromLeaves ? leaves[leaf++]! : nodes[node++]!;
  };
  for (let merges = leaves.length - 1; merges > 0; merges--) {
    const [a, b] = [lightest(), lightest()];
    const symbols = [...a.symbols, ...b.symbols];
    for (const symbol of symbols) lengths[symbol]! += 1;
    nodes.push({ weight: a.weight + b.weight, symbols });
  }
  return lengths;
}

/** Codes in the order of length, then symbol. */
function canonicalBits(lengths: Uint8Array): Uint16Array {
  const bits = new Uint16Array(lengths.length);
  let next = 0;
  for (let length = 1; length <= MAX_LENGTH; length++) {
    next <<= 1;
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] === length) bits[symbol] = reversed(next++, length);
    }
  }
  return bits;
}

function reversed(value: number, length: number): number {
  let result = 0;
  for (let bit = 0; bit < length; bit++) result |= ((value >> bit) & 1) << (length - 1 - bit);
  return result;
}
