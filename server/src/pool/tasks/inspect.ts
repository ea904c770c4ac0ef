import { costOf } from '../../imaging/cost';
import { inspectSource } from '../../imaging/source';
import type { InspectResult, InspectTask } from '../contract';
import { requireMakeable } from './foresee';

/**
 * What can be told before a matte is made, or paid for: whether the picture can be read, and whether each variant can
 * be held and has its background. Throws `source.*` and `options.invalid`.
 */
export async function inspect({ source, limits, variants = [] }: InspectTask): Promise<InspectResult> {
  const facts = await inspectSource(source, limits);
  const { format, width, height, hasAlpha } = facts;
  await requireMakeable(variants, facts, limits.maxPixels);
  return { format, width, height, hasAlpha, cost: costOf(facts) };
}
