import type { Effort } from '../../words';
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
  effort: Effort;
  /** What becomes of a picture in which the model finds nothing: refused (`matte.no-subject`), or made all the same. */
  noSubject: 'skip' | 'keep';
  /** An 8-bit matte less sure than this, 0…1, gets a second one in full precision; never when left out. */
  secondOpinionBelow?: number;
}
