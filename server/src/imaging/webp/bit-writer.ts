/** Bits in the order of VP8L: the least significant bit of each byte first. */
export interface BitWriter {
  /** Appends the lowest `count` (0…24) bits of `bits`. */
  put(bits: number, count: number): void;
  finish(): Buffer;
}

export function createBitWriter(capacity: number): BitWriter {
  let bytes = Buffer.allocUnsafe(Math.max(64, capacity));
  let length = 0;
  let pending = 0;
  let used = 0;
  return {
    put(bits, count) {
      pending |= bits << used;
      used += count;
      while (used >= 8) {
        if (length === bytes.length) bytes = Buffer.concat([bytes], bytes.length * 2);
        bytes[length++] = pending & 255;
        pending >>>= 8;
        used -= 8;
      }
    },
    finish() {
      if (used > 0) this.put(0, 8 - used);
      return bytes.subarray(0, length);
    },
  };
}
