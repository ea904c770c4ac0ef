import { useState } from 'react';

import type { EditorResponse } from '../../../../../server/src/api/contracts';
import type { OptionName } from './fields';
import { queryOf, type Values, valuesOf, withValue } from './values';

type Presets = EditorResponse['data']['presets'];

export interface OptionsControl {
  values: Values;
  /** The preset that they began with. */
  preset: string;
  /** As the server is asked for a picture of them. */
  query: string;
  set: (name: OptionName, value: string | undefined) => void;
  begin: (preset: string) => void;
  /** Goes back to what the preset itself says. */
  beginPlain: () => void;
}

/** What a preset means for this image: its own options, or the preset's. */
export const ofImage = (presets: Presets, named: string): Values => {
  const preset = presets.find(({ name }) => name === named);
  return valuesOf(preset?.own ?? preset?.options ?? {});
};

/** Options that somebody tries out; they begin with a preset's, as this image has it. */
export function useOptions(presets: Presets): OptionsControl {
  const [preset, setPreset] = useState('default');
  const [values, setValues] = useState<Values>(() => ofImage(presets, 'default'));
  return {
    values,
    preset,
    query: queryOf(values),
    set: (name, value) => setValues((before) => withValue(before, name, value)),
    begin(named) {
      setPreset(named);
      setValues(ofImage(presets, named));
    },
    beginPlain: () => setValues(valuesOf(presets.find(({ name }) => name === preset)?.options ?? {})),
  };
}
