import type { Text } from '../../../hooks/useText';
import { isTextKey } from '../../../translations/words';
import { fields, type OptionName } from './fields';
import type { Values } from './values';

/** A value that is chosen from a list. */
export function choiceWords(name: OptionName, value: string, text: Text): string {
  const key = `editor.${name}.${value}`;
  return isTextKey(key) ? text(key) : name === 'format' ? value.toUpperCase() : value;
}

/** What differs from the default: `Width in pixels: 800`, `Crop to the subject`. */
export const optionWords = (values: Values, text: Text): string[] =>
  (Object.keys(fields) as OptionName[]).flatMap((name) => {
    const value = values[name];
    return value === undefined ? [] : [words(name, value, text)];
  });

function words(name: OptionName, value: string, text: Text): string {
  const { kind } = fields[name];
  const option = text(`editor.option.${name}`);
  if (kind === 'shadow' || (kind === 'flag' && value === 'true')) return option;
  if (kind === 'flag') return text('editor.option.off', { option });
  return text('editor.option.is', { option, value: kind === 'choice' ? choiceWords(name, value, text) : value });
}
