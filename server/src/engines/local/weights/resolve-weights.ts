import { promises as fs } from 'node:fs';
import path from 'node:path';
import { CutoutError } from '../../../errors';
import { faultWords } from '../../../file-fault';
import { packageRoot } from '../../../package-root';
import type { ModelCard } from '../card';
import { nameCacheFaults } from './cache-faults';
import type { DownloadSettings } from './fetch-weights';
import { requireLicense } from './license';
import { withLock } from './lock';
import { findInstalled, obtainWeights, requireObtainable } from './obtain-weights';
import type { OnProgress } from './progress';
import { checkWeights, verifyWeights } from './verify';

export interface ResolveOptions {
  /** The operator's own folder of weights and cards; only read. */
  modelsDir: string | null;
  /** Where weights are kept that the plugin assembled or downloaded. Made when needed. */
  cacheDir: string;
  /** Ids of models whose non-commercial licence the operator accepts. */
  acceptLicense?: readonly string[];
  /** How missing weights are downloaded; they are not when this is left out or `null`. */
  download?: DownloadSettings | null;
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
 * installed npm package, else downloaded into it.
 *
 * @throws CutoutError `model.license`; `model.corrupt` for a file that is there but wrong; `model.missing` naming every
 * place looked at; `model.download-failed`; `model.cache`; the abort signal's reason.
 */
export async function resolveWeights(card: ModelCard, options: ResolveOptions): Promise<string> {
  requireLicense(card, options.acceptLicense ?? []);
  const place = await locateWeights(card, options);
  if (place.kind === 'missing') await fillCache(card, place.path, options, isFile);
  await verifyPlace(card, place, options, false);
  return place.path;
}

/**
 * Whether `resolveWeights` would find them, without fetching any: those that it can fetch count as found.
 * @throws CutoutError as `resolveWeights`, but no `model.download-failed`.
 */
export async function inspectWeights(card: ModelCard, options: ResolveOptions): Promise<void> {
  requireLicense(card, options.acceptLicense ?? []);
  const place = await locateWeights(card, options);
  if (place.kind !== 'missing') return verifyPlace(card, place, options, false);
  requireObtainable(card, place.path, { ...options, searchFrom: searchFolders(options) });
}

/**
 * As `resolveWeights`, but never content with what is there: a cached file is hashed anew, and replaced when corrupt.
 * A configured file is its owner's and is never replaced.
 */
export async function pullWeights(card: ModelCard, options: ResolveOptions): Promise<string> {
  requireLicense(card, options.acceptLicense ?? []);
  const place = await locateWeights(card, options);
  if (place.kind === 'configured') {
    await verifyPlace(card, place, options);
    return place.path;
  }
  await fillCache(card, place.path, options, async (cached, signal) => {
    if (!(await isFile(cached))) return false;
    const intact = await checkWeights(card, cached, { signal, onProgress: options.onProgress, remedy: '' }).then(
      () => true,
      (error: unknown) => {
        if (error instanceof CutoutError) return false;
        throw error;
      },
    );
    if (!intact) await fs.rm(cached, { force: true });
    return intact;
  });
  return place.path;
}

export interface WeightsPlace {
  kind: 'configured' | 'cached' | 'missing';
  /** Of a missing file: where it would be cached. */
  path: string;
}

/** Where a card's weights lie; nothing is checked or made. */
export async function locateWeights(
  card: ModelCard,
  { modelsDir, cacheDir }: Pick<ResolveOptions, 'modelsDir' | 'cacheDir'>,
): Promise<WeightsPlace> {
  const configured = modelsDir === null ? null : path.resolve(modelsDir, card.weights.file);
  if (configured !== null && (await isFile(configured))) return { kind: 'configured', path: configured };
  const cached = path.resolve(cacheDir, card.weights.file);
  return { kind: (await isFile(cached)) ? 'cached' : 'missing', path: cached };
}

/** Whether an installed npm package carries the weights. */
export function isPackaged(card: ModelCard, options: ResolveOptions): boolean {
  return findInstalled(card, searchFolders(options)) !== null;
}

function searchFolders({ searchFrom }: ResolveOptions): readonly string[] {
  return searchFrom ?? [process.cwd(), packageRoot()];
}

/** Hashes the whole file, `anew` even if a marker vouches for it. @throws CutoutError `model.corrupt`. */
export async function verifyPlace(
  card: ModelCard,
  place: WeightsPlace,
  { cacheDir, signal, onProgress }: ResolveOptions,
  anew = true,
): Promise<void> {
  await verifyWeights(card, place.path, { cacheDir, signal, onProgress, remedy: remedyFor(card, place), force: anew });
}

/** Obtains the weights under the cache's lock, unless they are `there` once it is held. */
async function fillCache(
  card: ModelCard,
  cached: string,
  options: ResolveOptions,
  there: (cached: string, signal: AbortSignal) => Promise<boolean>,
): Promise<void> {
  const { modelsDir, cacheDir, download = null, onProgress } = options;
  const searchFrom = searchFolders(options);
  const lock = {
    waitMs: options.waitMs ?? DEFAULT_WAIT_MS,
    signal: options.signal,
    onWait: () => onProgress?.({ phase: 'wait', bytes: 0, total: null }),
  };
  await nameCacheFaults(cacheDir, () =>
    withLock(cached, lock, async (signal) => {
      if (await there(cached, signal)) return;
      await obtainWeights(card, cached, { modelsDir, cacheDir, searchFrom, download, signal, onProgress });
    }),
  );
}

function remedyFor(card: ModelCard, { kind }: WeightsPlace): string {
  if (kind === 'configured')
    return 'Put the right file there, or delete it so that the cache, an npm package or a download is used.';
  return `Delete it, or run "npx cutout models pull ${card.id}" to replace it.`;
}

async function isFile(file: string): Promise<boolean> {
  try {
    return (await fs.stat(file)).isFile();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw new CutoutError(
      'model.missing',
      `The weights ${file} cannot be read: ${faultWords(error)}. Mend its rights, or put the weights elsewhere.`,
      {
        cause: error,
      },
    );
  }
}
