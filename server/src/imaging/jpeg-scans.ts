import { open, type FileHandle } from 'node:fs/promises';

/**
 * The scans of a JPEG, by its markers alone (ITU-T T.81, annex B): how many there are, and whether they bring every
 * coefficient of every component. A progressive picture that lost its last scans is whole by its markers and its
 * decoder, only blurred.
 */
export interface JpegScans {
  scans: number;
  progressive: boolean;
  complete: boolean;
}

const SOS = 0xda;
const EOI = 0xd9;
const COEFFICIENTS = 64;

/** Progressive, with Huffman or arithmetic codes. */
const PROGRESSIVE_FRAMES = [0xc2, 0xca];
const SEQUENTIAL_FRAMES = [0xc0, 0xc1, 0xc9];
const hasLength = (marker: number): boolean => marker >= 0xc0 && !(marker >= 0xd0 && marker <= 0xd9);

/** What is odd about the markers themselves is left to the decoder. */
export async function readJpegScans(path: string): Promise<JpegScans> {
  const file = await open(path, 'r');
  try {
    return await walk(createBytes(file));
  } finally {
    await file.close();
  }
}

async function walk(bytes: Bytes): Promise<JpegScans> {
  const found: JpegScans = { scans: 0, progressive: false, complete: true };
  /** For each component, which coefficients have come to their last bit. */
  let missing: Map<number, Set<number>> | null = null;
  let at = 2;
  for (;;) {
    at = await bytes.nextMarker(at);
    const marker = at < 0 ? EOI : (await bytes.at(at + 1))!;
    if (marker === EOI) break;
    at += 2;
    if (!hasLength(marker)) continue;
    const segment = await bytes.segment(at);
    if (segment === null) break;
    if (PROGRESSIVE_FRAMES.includes(marker) || SEQUENTIAL_FRAMES.includes(marker)) {
      found.progressive = PROGRESSIVE_FRAMES.includes(marker);
      missing ??= componentsOf(segment);
    }
    if (marker === SOS) {
      found.scans += 1;
      if (missing) takeScan(segment, missing, found.progressive);
    }
    at += 2 + segment.length;
  }
  if (missing) found.complete = [...missing.values()].every((coefficients) => coefficients.size === 0);
  return found;
}

function componentsOf(frame: Buffer): Map<number, Set<number>> {
  const count = Math.min(frame[5] ?? 0, Math.floor((frame.length - 6) / 3));
  const all = Array.from({ length: COEFFICIENTS }, (_, k) => k);
  return new Map(Array.from({ length: Math.max(0, count) }, (_, i) => [frame[6 + i * 3]!, new Set(all)]));
}

function takeScan(scan: Buffer, missing: Map<number, Set<number>>, progressive: boolean): void {
  const count = scan[0] ?? 0;
  const [first = 0, last = 0, approximation = 0] = scan.subarray(1 + count * 2);
  for (let i = 0; i < count; i++) {
    const coefficients = missing.get(scan[1 + i * 2] ?? -1);
    if (!progressive) coefficients?.clear();
    // The low half is the bit that the scan stops at; 0 is the last.
    else if ((approximation & 15) === 0) for (let k = first; k <= last; k++) coefficients?.delete(k);
  }
}

interface Bytes {
  at(position: number): Promise<number | undefined>;
  /** Position of the next marker's 0xFF from `from` on; stuffed bytes and restarts are passed over. −1 at the end. */
  nextMarker(from: number): Promise<number>;
  /** A marker's segment without its length; null when it is cut off or no segment. */
  segment(position: number): Promise<Buffer | null>;
}

const WINDOW = 256 * 1024;

/** A file through one window that moves along it. */
function createBytes(file: FileHandle): Bytes {
  const window = Buffer.alloc(WINDOW);
  let [start, end] = [0, 0];

  const load = async (position: number): Promise<void> => {
    const { bytesRead } = await file.read(window, 0, WINDOW, position);
    [start, end] = [position, position + bytesRead];
  };
  const at = async (position: number): Promise<number | undefined> => {
    if (position < start || position >= end) await load(position);
    return position < end ? window[position - start] : undefined;
  };

  return {
    at,
    async nextMarker(from) {
      for (let position = from; (await at(position)) !== undefined;) {
        const found = window.subarray(0, end - start).indexOf(0xff, position - start);
        if (found < 0) {
          position = end;
          continue;
        }
        position = start + found;
        const code = await at(position + 1);
        if (code === undefined) return -1;
        // 0xFF itself may be repeated before a marker, 0 is a stuffed byte.
        if (code === 0xff) position += 1;
        else if (code === 0 || code === 0x01 || (code >= 0xd0 && code <= 0xd7)) position += 2;
        else return position;
      }
      return -1;
    },
    async segment(position) {
      const [high, low] = [await at(position), await at(position + 1)];
      if (high === undefined || low === undefined) return null;
      const length = high * 256 + low - 2;
      if (length < 0) return null;
      const segment = Buffer.alloc(length);
      const { bytesRead } = await file.read(segment, 0, length, position + 2);
      return bytesRead === length ? segment : null;
    },
  };
}
