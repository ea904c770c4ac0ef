/** Bits in the order of VP8L: the least significant bit of each byte first. */
export interface BitWriter {
  /** Appends the lowest `count` (0…24) bits of `bits`. */
  put(bits: number, count: number): void;
  /** The whole bytes so far, and the `used` bits after them, for somebody else to go on with. */
  pause(): { bytes: Buffer; pending: number; used: number };
}

export function createBitWriter(): BitWriter {
  const bytes: number[] = [];
  let pending = 0;
  let used = 0;
  return {
    put(bits, count) {
      pending |= bits << used;
      used += count;
      while (used >= 8) {
        bytes.push(pending & 255);
        pending >>>= 8;
        used -= 8;
      }
    },
    pause: () => ({ bytes: Buffer.from(bytes), pending, used }),
  };
}
