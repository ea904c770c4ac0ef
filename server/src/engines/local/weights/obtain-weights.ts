import path from 'node:path';
import { CutoutError } from '../../../errors';
import type { ModelCard } from '../card';
import { type DownloadSettings, fetchWeights } from './fetch-weights';
import { copyInstalledChunks, findInstalledPackage, readInstalledIndex, type NpmSource } from './npm-package';
import { placeFile } from './place';
import { byteCounter, type OnProgress } from './progress';
import { remediesFor } from './remedies';
import { checkWeights, rememberVerified } from './verify';

export interface ObtainOptions {
  modelsDir: string | null;
  cacheDir: string;
  /** Folders from which an installed npm package is looked for. */
  searchFrom: readonly string[];
  /** `null` never downloads. */
  download: DownloadSettings | null;
  signal: AbortSignal;
  onProgress?: OnProgress;
}

/**
 * Puts a card's weights into the cache, verified: from an installed npm package, else by download. Call it under the
 * lock of `cached`.
 *
 * @throws CutoutError `model.corrupt`, `model.download-failed`, or `model.missing` naming every place looked at.
 */
export async function obtainWeights(card: ModelCard, cached: string, options: ObtainOptions): Promise<void> {
  const installed = findInstalled(card, options.searchFrom);
  if (installed) await assemble(card, cached, installed, options);
  else if (options.download && card.weights.sources.length > 0) {
    const { download: settings, signal, onProgress } = options;
    await fetchWeights(card, cached, { settings, signal, onProgress }).catch((error: unknown) => {
      throw withRemedies(card, error);
    });
  } else throw missingWeights(card, cached, options);
  await rememberVerified(card, cached, options.cacheDir);
}

/** @throws CutoutError `model.missing` when nothing could put the weights there. */
export function requireObtainable(card: ModelCard, cached: string, options: Places): void {
  const mayDownload = Boolean(options.download) && card.weights.sources.length > 0;
  if (!mayDownload && !findInstalled(card, options.searchFrom)) throw missingWeights(card, cached, options);
}

interface Installed {
  packageDir: string;
  source: NpmSource;
}

function npmSources(card: ModelCard): NpmSource[] {
  return card.weights.sources.flatMap((source) => (source.kind === 'npm' ? [source] : []));
}

/** The installed npm package that carries a card's weights. */
export function findInstalled(card: ModelCard, searchFrom: readonly string[]): Installed | null {
  for (const source of npmSources(card)) {
    const packageDir = findInstalledPackage(source.package, source.version, searchFrom);
    if (packageDir !== null) return { packageDir, source };
  }
  return null;
}

async function assemble(
  card: ModelCard,
  cached: string,
  { packageDir, source }: Installed,
  { signal, onProgress }: ObtainOptions,
): Promise<void> {
  const chunks = await readInstalledIndex(packageDir, source);
  const total = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const onBytes = byteCounter('assemble', total, onProgress);
  const folder = path.dirname(path.join(packageDir, source.index));
  const remedy = `Install ${source.package}@${source.version} again.`;
  await placeFile(
    cached,
    (handle) => copyInstalledChunks(handle, chunks, folder, { signal, onBytes }),
    (temporary) => checkWeights(card, temporary, { signal, remedy }),
  );
}

type Places = Pick<ObtainOptions, 'modelsDir' | 'searchFrom'> & { download?: DownloadSettings | null };

function missingWeights(card: ModelCard, cached: string, options: Places): CutoutError {
  const { modelsDir, searchFrom, download = null } = options;
  const { file, sources } = card.weights;
  const places = [
    ...(modelsDir === null ? [] : [path.resolve(modelsDir, file)]),
    cached,
    ...npmSources(card).map(
      (source) => `npm package ${source.package}@${source.version} from ${searchFrom.join(', ')}`,
    ),
  ];
  const offline = download === null && sources.length > 0 ? ' Downloading is off.' : '';
  return new CutoutError(
    'model.missing',
    `The weights of model "${card.id}" were not found at: ${places.join('; ')}.${offline} ${remediesFor(card, 'missing')}`,
  );
}

function withRemedies(card: ModelCard, error: unknown): unknown {
  if (!(error instanceof CutoutError) || error.code !== 'model.download-failed') return error;
  return new CutoutError(error.code, `${error.message} ${remediesFor(card, 'download-failed')}`, { cause: error });
}
