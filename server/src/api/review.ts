import type { Provenance } from '../tables/files';

/**
 * Whether a person should look at a cutout, by what its matte's entry says. What a service was paid for, or a person
 * corrected or accepted, is not judged by our rule of thumb.
 */
export function needsReview(matte: Provenance | undefined, reviewBelow: number | null): boolean {
  if (matte?.engine !== 'local' || matte.corrected || matte.accepted || reviewBelow === null) return false;
  return matte.confidence !== undefined && matte.confidence < reviewBelow;
}
