import type { AssetView } from '../../../server/src/api/contracts';
import type { Text } from '../hooks/useText';

type Made = Pick<AssetView, 'state' | 'engine' | 'durationMs' | 'confidence' | 'corrected' | 'variants'>;

interface Numbers {
  seconds: (value: number) => string;
  share: (value: number) => string;
}

/** What is known of a cutout that is there: who made it, in what time, and how sure it is. */
export function factsOf(
  { state, engine, durationMs, confidence, corrected, variants }: Made,
  { seconds, share }: Numbers,
  text: Text,
): string[] {
  if (state !== 'ready' || variants.length === 0 || engine === null) return [];
  const made =
    durationMs === null ? text(`facts.${engine}`) : text(`facts.${engine}.in`, { seconds: seconds(durationMs / 1000) });
  if (corrected) return [made, text('facts.corrected')];
  return confidence === null ? [made] : [made, text('facts.sure', { share: share(confidence) })];
}
