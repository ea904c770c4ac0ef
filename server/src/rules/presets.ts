import { CutoutError } from '../errors';
import { plain } from '../plain';

/** So much of what somebody named is shown: enough to see a slip of the pen. */
const MOST_NAMES = 5;
const MOST_LETTERS = 60;

export function unknownPresets(unknown: string[], known: string[]): CutoutError {
  const names = unknown.slice(0, MOST_NAMES).map((name) => plain(name, MOST_LETTERS));
  const more = unknown.length > MOST_NAMES ? ` and ${unknown.length - MOST_NAMES} more` : '';
  const message = `presets: expected names of configured presets (${known.join(', ')}), received '${names.join("', '")}'${more}.`;
  return new CutoutError('options.invalid', message);
}
