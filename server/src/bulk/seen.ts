import { createHash } from 'node:crypto';

/** 4 MB: of a million texts, fewer than one new one in a thousand is taken for known. */
const BITS = 2 ** 25;
const PROBES = 3;

/**
 * Whether a text was there before, in a memory that does not grow with their number (a Bloom filter, B. H. Bloom 1970):
 * "new" is always right, "known" nearly always.
 */
export function createSeen(): (text: string) => boolean {
  const bits = new Uint8Array(BITS / 8);
  return (text) => {
    const digest = createHash('sha1').update(text).digest();
    let known = true;
    for (let probe = 0; probe < PROBES; probe += 1) {
      const at = digest.readUInt32LE(probe * 4) % BITS;
      const mask = 1 << (at & 7);
      if ((bits[at >> 3]! & mask) === 0) known = false;
      bits[at >> 3]! |= mask;
    }
    return known;
  };
}
