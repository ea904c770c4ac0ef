import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { ModelCard } from '../card';

/** Small enough that hashing one block never holds the event loop for more than a millisecond. */
const BLOCK_BYTES = 256 * 1024;

export interface Checksum {
  algorithm: 'sha256' | 'md5';
  /** Lower-case hex. */
  hex: string;
}

/** What the weights must hash to; `null` for a user's own card that names no checksum. */
export function expectedChecksum({ weights }: ModelCard): Checksum | null {
  if (weights.sha256) return { algorithm: 'sha256', hex: weights.sha256 };
  if (weights.md5) return { algorithm: 'md5', hex: weights.md5 };
  return null;
}

/** As people write it: `SHA-256`, `MD5`. */
export function checksumName({ algorithm }: Checksum): string {
  return algorithm === 'sha256' ? 'SHA-256' : 'MD5';
}

/** Hashes a file block by block, in lower-case hex. `onBytes` hears the size of every block. */
export async function hashFile(
  file: string,
  algorithm: Checksum['algorithm'],
  options: { signal?: AbortSignal; onBytes?: (bytes: number) => void } = {},
): Promise<string> {
  const hash = createHash(algorithm);
  const stream = createReadStream(file, { highWaterMark: BLOCK_BYTES, signal: options.signal });
  for await (const block of stream as AsyncIterable<Buffer>) {
    hash.update(block);
    options.onBytes?.(block.length);
  }
  return hash.digest('hex');
}
