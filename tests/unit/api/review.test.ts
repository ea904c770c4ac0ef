import { needsReview } from '../../../server/src/api/review';
import type { Provenance } from '../../../server/src/tables/files';

const matte = (change: Partial<Provenance> = {}): Provenance => ({
  source: 'a',
  engine: 'local',
  model: 'isnet-fp16',
  confidence: 0.4,
  ...change,
});

describe('a person should look at a cutout', () => {
  test('whose local matte is less sure than the setting', () => {
    expect(needsReview(matte(), 0.5)).toBe(true);
    expect(needsReview(matte({ confidence: 0.5 }), 0.5)).toBe(false);
    expect(needsReview(matte(), null)).toBe(false);
  });

  test('and never at one that was paid for, corrected, not judged, or is not there', () => {
    expect(needsReview(matte({ engine: 'remote' }), 0.5)).toBe(false);
    expect(needsReview(matte({ corrected: true }), 0.5)).toBe(false);
    const { confidence: _, ...unjudged } = matte();
    expect(needsReview(unjudged, 0.5)).toBe(false);
    expect(needsReview(undefined, 0.5)).toBe(false);
  });
});
