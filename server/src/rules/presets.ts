import { CutoutError } from '../errors';

export function unknownPresets(unknown: string[], known: string[]): CutoutError {
  const message = `presets: expected names of configured presets (${known.join(', ')}), received '${unknown.join("', '")}'.`;
  return new CutoutError('options.invalid', message);
}
