import type { AssetStatus } from '../../../server/src/api/contracts';
import type { Text } from '../hooks/useText';

/** A remembered wish in plain words. `list`: names as the editor's language joins them. */
export function wishSentence(
  { presets, engine, effort, options }: NonNullable<AssetStatus['wish']>,
  list: (names: string[]) => string,
  text: Text,
): string {
  const named = (names: string[]) =>
    list(names.map((name) => (name === 'default' ? text('field.presets.default') : name)));
  const what = presets.length > 0 ? named(presets) : text('wish.fields');
  return [
    text(`wish.${engine ?? 'presets'}`, { presets: what }),
    ...(options ? [text('wish.options', { presets: named(Object.keys(options)) })] : []),
    ...(effort ? [text('wish.effort', { effort: text(`editor.effort.${effort}`) })] : []),
  ].join(' ');
}
