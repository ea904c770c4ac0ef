import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';

/**
 * Streams files out of an npm tarball, without unpacking it. `visit` gets each regular file's path below the
 * tarball's one top folder, and its content; it answers `true` when it has seen enough. What it does not read is
 * skipped.
 */
export async function readTarball(
  tarball: string,
  visit: (file: string, content: AsyncIterable<Buffer>) => Promise<boolean>,
  signal?: AbortSignal,
): Promise<void> {
  const entries = extract();
  const stop = new AbortController();
  const ended = pipeline(createReadStream(tarball, { highWaterMark: 256 * 1024 }), createGunzip(), entries, {
    signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
  });
  try {
    for await (const entry of entries) {
      const { name, type } = entry.header;
      const done = type === 'file' && (await visit(name.slice(name.indexOf('/') + 1), entry as AsyncIterable<Buffer>));
      if (done) break;
      entry.resume();
    }
    stop.abort();
    await ended.catch(() => undefined);
    signal?.throwIfAborted();
  } catch (error) {
    stop.abort();
    // The first stream to break says why; the others only say that they were cut off.
    await ended.catch(() => undefined);
    signal?.throwIfAborted();
    throw error;
  }
}
