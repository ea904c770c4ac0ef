import type { PresetView } from '../../../../../server/src/api/contracts';
import type { Text } from '../../../hooks/useText';
import { optionWords } from '../../editor/options/optionWords';
import { asPreset, type Values, valuesOf } from '../../editor/options/values';

/** A preset as its form has it. */
export interface PresetForm {
  name: string;
  values: Values;
  /** Widths of further files, as they are typed: `400, 800`. */
  sizes: string;
}

export type Start = Pick<PresetView, 'options'> & { name: string };

export const formOf = ({ name, options }: Start): PresetForm => ({
  name,
  values: valuesOf(options),
  sizes: (options.sizes ?? []).join(', '),
});

/** What is sent; the server knows what each option may be. */
export function optionsOf({ values, sizes }: PresetForm): Record<string, unknown> {
  return { ...asPreset(values), ...(sizes.trim() === '' ? {} : { sizes }) };
}

/** As the server takes names. */
const NAME = /^[a-z][a-z0-9-]*$/;

/** Why a new preset cannot have this name; null where it can. */
export function nameProblem(name: string, taken: readonly string[]): 'form' | 'taken' | null {
  if (!NAME.test(name) || name === 'matte') return 'form';
  return taken.includes(name) ? 'taken' : null;
}

/** What differs from the default, on one line: `Width in pixels: 800 · Shadow`. */
export function summaryOf(options: PresetView['options'], text: Text): string {
  const { values, sizes } = formOf({ name: '', options });
  const widths = sizes === '' ? [] : [text('editor.option.is', { option: text('preset.sizes'), value: sizes })];
  return [...optionWords(values, text), ...widths].join(' · ');
}
