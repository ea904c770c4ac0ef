import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { CutoutError, messageOf } from '../../errors';
import type { CopyResult, CopyTask } from '../contract';
import { createMeter } from '../meter';

/**
 * Copies a file and hashes it on the way. In a child, since a read from a dead network mount never returns: a process
 * has four threads for such reads and cannot even exit while one hangs, but it can be killed.
 */
export async function copy({ source, target, maxBytes, name }: CopyTask): Promise<CopyResult> {
  const meter = createMeter(maxBytes, name);
  try {
    await pipeline(createReadStream(source), meter.stream, createWriteStream(target));
  } catch (error) {
    if (error instanceof CutoutError) throw error;
    const gone = ['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code));
    throw new CutoutError(gone ? 'storage.gone' : 'storage.unavailable', messageOf(error), { cause: error });
  }
  return meter.result();
}
