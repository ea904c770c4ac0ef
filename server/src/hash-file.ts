import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** Small enough that hashing one block never holds the event loop for more than a millisecond. */
const BLOCK_BYTES = 256 * 1024;

/** Hashes a file block by block, in lower-case hex. `onBytes` hears the size of every block. */
export async function hashFile(
  file: string,
  algorithm: 'sha256' | 'md5' = 'sha256',
  options: { signal?: AbortSignal | undefined; onBytes?: (bytes: number) => void } = {},
): Promise<string> {
  const hash = createHash(algorithm);
  const stream = createReadStream(file, { highWaterMark: BLOCK_BYTES, signal: options.signal });
  for await (const block of stream as AsyncIterable<Buffer>) {
    hash.update(block);
    options.onBytes?.(block.length);
  }
  return hash.digest('hex');
}
