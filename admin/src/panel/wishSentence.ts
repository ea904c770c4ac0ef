import type { AssetStatus } from '../../../server/src/api/contracts';
import type { Text } from '../hooks/useText';

/** A remembered wish in plain words. `list`: names as the editor's language joins them. */
export function wishSentence(
  { presets, engine }: NonNullable<AssetStatus['wish']>,
  list: (names: string[]) => string,
  text: Text,
): string {
  const names = presets.map((name) => (name === 'default' ? text('field.presets.default') : name));
  const what = names.length > 0 ? list(names) : text('wish.fields');
  return text(`wish.${engine ?? 'presets'}`, { presets: what });
}
