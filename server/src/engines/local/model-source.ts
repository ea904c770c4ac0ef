import type { ModelCard } from './card';

/** A model ready to run: its card, and the verified weights on disk. */
export interface ModelSource {
  kind: 'model';
  card: ModelCard;
  /** Absolute path. */
  weights: string;
  /** Absolute path of the folder that keeps what is made of the weights on this machine; kept nowhere when left out. */
  cacheDir?: string | undefined;
  threads: number;
  executionProviders: string[];
  /** An 8-bit matte less sure than this, 0…1, gets a second one in full precision; never when left out. */
  secondOpinionBelow?: number;
}
