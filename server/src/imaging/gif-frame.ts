import { readFile } from 'node:fs/promises';

const EXTENSION = 0x21;
const IMAGE = 0x2c;
const MAX_CODES = 4096;

/**
 * Whether the pixels of a GIF's first frame are all there. A decoder fills up what is missing without a word, so the
 * codes are counted through (GIF89a, appendix F): data that end before the last pixel, and without the code that says
 * "end", were broken off.
 */
export async function isGifWhole(path: string): Promise<boolean> {
  const bytes = await readFile(path);
  const start = firstImage(bytes);
  if (start === null) return false;
  const pixels = bytes.readUInt16LE(start + 5) * bytes.readUInt16LE(start + 7);
  const dataAt = start + 10 + colorTable(bytes[start + 9]!);
  return countPixels(bytes, dataAt, pixels);
}

const colorTable = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);

/** Position of the first image descriptor; null when the file ends before it. */
function firstImage(bytes: Buffer): number | null {
  let at = 13 + colorTable(bytes[10] ?? 0);
  while (at + 10 < bytes.length) {
    if (bytes[at] === IMAGE) return at;
    if (bytes[at] !== EXTENSION) return null;
    for (at += 2; (bytes[at] ?? 0) > 0;) at += bytes[at]! + 1;
    at += 1;
  }
  return null;
}

/** Runs through the codes of LZW, minding only how many pixels each stands for. */
function countPixels(bytes: Buffer, at: number, pixels: number): boolean {
  const leastBits = bytes[at] ?? 0;
  // The decoder has its own words for that.
  if (leastBits < 1 || leastBits > 11) return true;
  const clear = 1 << leastBits;
  const lengths = new Uint32Array(MAX_CODES).fill(1);
  let [next, bits, last, count] = [clear + 2, leastBits + 1, 0, 0];
  const read = codeReader(bytes, at + 1);
  while (count < pixels) {
    const code = read(bits);
    if (code === null) return false;
    if (code === clear + 1) return true;
    if (code === clear) {
      [next, bits, last] = [clear + 2, leastBits + 1, 0];
      continue;
    }
    const length = code < next ? lengths[code]! : last + 1;
    count += length;
    if (last > 0 && next < MAX_CODES) {
      lengths[next] = last + 1;
      next += 1;
      if (next === 1 << bits && bits < 12) bits += 1;
    }
    last = length;
  }
  return true;
}

/** Codes from the lowest bit up, across the sub-blocks; null at their end. */
function codeReader(bytes: Buffer, first: number): (bits: number) => number | null {
  let [at, left, held, store] = [first, bytes[first] ?? 0, 0, 0];
  at += 1;
  const byte = (): number | null => {
    const value = bytes[at];
    if (left === 0 || value === undefined) return null;
    at += 1;
    left -= 1;
    if (left === 0) {
      left = bytes[at] ?? 0;
      at += 1;
    }
    return value;
  };
  return (bits) => {
    while (held < bits) {
      const value = byte();
      if (value === null) return null;
      store |= value << held;
      held += 8;
    }
    const code = store & ((1 << bits) - 1);
    store >>>= bits;
    held -= bits;
    return code;
  };
}
