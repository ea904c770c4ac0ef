import { promises as fs } from 'node:fs';
import path from 'node:path';
import { CutoutError, messageOf } from '../../../errors';
import { packageRoot } from '../../../package-root';
import type { ModelCard } from '../card';
import { withLock } from './lock';
import { copyInstalledChunks, findInstalledPackage, readInstalledIndex, type NpmSource } from './npm-package';
import { placeFile } from './place';
import { byteCounter, type OnProgress } from './progress';
import { checkWeights, rememberVerified, verifyWeights } from './verify';

export interface ResolveOptions {
  /** The operator's own folder of weights and cards; only read. */
  modelsDir: string | null;
  /** Where weights are kept that the plugin assembled or downloaded. Made when needed. */
  cacheDir: string;
  /** Folders from which an installed npm package is looked for. */
  searchFrom?: readonly string[];
  /** How long to wait while another process prepares the same file. */
  waitMs?: number;
  signal?: AbortSignal;
  onProgress?: OnProgress;
}

const DEFAULT_WAIT_MS = 15 * 60_000;

/**
 * Absolute path of verified weights: a file in `modelsDir`, else in the cache, else assembled into the cache from an
 * installed npm package.
 *
 * @throws CutoutError `model.corrupt` for a file that is there but wrong, `model.missing` naming every place looked at.
 */
export async function resolveWeights(card: ModelCard, options: ResolveOptions): Promise<string> {
  const cached = path.resolve(options.cacheDir, card.weights.file);
  const configured = options.modelsDir === null ? null : path.resolve(options.modelsDir, card.weights.file);
  const { cacheDir, signal, onProgress } = options;

  if (configured !== null && (await isFile(configured))) {
    const remedy = 'Put the right file there, or delete it so that the cache, an npm package or a download is used.';
    await verifyWeights(card, configured, { cacheDir, signal, onProgress, remedy });
    return configured;
  }
  if (!(await isFile(cached))) {
    await nameCacheFaults(cacheDir, () =>
      withLock(cached, lockOptions(options), (held) => obtain(card, cached, options, held)),
    );
  }
  await verifyWeights(card, cached, { cacheDir, signal, onProgress, remedy: cacheRemedy(card) });
  return cached;
}

/** Fills the cache, under its lock. */
async function obtain(card: ModelCard, cached: string, options: ResolveOptions, signal: AbortSignal): Promise<void> {
  if (await isFile(cached)) return;
  const searchFrom = options.searchFrom ?? [process.cwd(), packageRoot()];
  for (const source of card.weights.sources) {
    if (source.kind !== 'npm') continue;
    const packageDir = findInstalledPackage(source.package, searchFrom);
    if (packageDir === null) continue;
    await assemble(card, cached, packageDir, source, { ...options, signal });
    return;
  }
  throw missing(card, cached, options, searchFrom);
}

async function assemble(
  card: ModelCard,
  cached: string,
  packageDir: string,
  source: NpmSource,
  { signal, onProgress, cacheDir }: ResolveOptions,
): Promise<void> {
  const chunks = await readInstalledIndex(packageDir, source);
  const total = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const onBytes = byteCounter('assemble', total, onProgress);
  const folder = path.dirname(path.join(packageDir, source.index));
  await placeFile(
    cached,
    (handle) => copyInstalledChunks(handle, chunks, folder, { signal, onBytes }),
    (temporary) =>
      checkWeights(card, temporary, { signal, remedy: `Install ${source.package}@${source.version} again.` }),
  );
  await rememberVerified(card, cached, cacheDir);
}

function lockOptions({ waitMs = DEFAULT_WAIT_MS, signal, onProgress }: ResolveOptions) {
  return { waitMs, signal, onWait: () => onProgress?.({ phase: 'wait', bytes: 0, total: null }) };
}

const CACHE_FAULTS = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR', 'EEXIST']);

/** @throws CutoutError `model.cache` where the disk refuses; everything else passes through. */
async function nameCacheFaults<T>(cacheDir: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!CACHE_FAULTS.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    throw new CutoutError(
      'model.cache',
      `The model cache ${cacheDir} cannot be written: ${messageOf(error)}. Point local.cacheDir to a writable folder with space for the weights, or put them into the folder that local.modelsDir names.`,
      { cause: error },
    );
  }
}

const cacheRemedy = (card: ModelCard): string => `Delete it, or run "npx cutout models pull ${card.id}" to replace it.`;

function missing(card: ModelCard, cached: string, options: ResolveOptions, searchFrom: readonly string[]): CutoutError {
  const places = [
    ...(options.modelsDir === null ? [] : [path.resolve(options.modelsDir, card.weights.file)]),
    cached,
    ...card.weights.sources.map((source) =>
      source.kind === 'npm' ? `the npm package ${source.package} (from ${searchFrom.join(' and ')})` : source.url,
    ),
  ];
  const packages = card.weights.sources.flatMap((source) => (source.kind === 'npm' ? [source] : []));
  const install = packages.map(({ package: name, version }) => `install ${name}@${version}, `).join('');
  return new CutoutError(
    'model.missing',
    `The weights of model "${card.id}" were not found; looked for: ${places.join(', ')}. Run "npx cutout models pull ${card.id}", ${install}or put ${card.weights.file} into the folder that local.modelsDir names.`,
  );
}

async function isFile(file: string): Promise<boolean> {
  try {
    return (await fs.stat(file)).isFile();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw new CutoutError('model.missing', `The weights ${file} cannot be read: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}
