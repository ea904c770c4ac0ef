import type { Effort } from '../../words';
import type { ModelCard } from './card';

/** A model ready to run: its card, and the verified weights on disk. */
export interface ModelSource {
  kind: 'model';
  card: ModelCard;
  /** Absolute path. */
  weights: string;
  threads: number;
  executionProviders: string[];
  effort: Effort;
  /** What becomes of a picture in which the model finds nothing: refused (`matte.no-subject`), or made all the same. */
  noSubject: 'skip' | 'keep';
}
