import type { ComponentType } from 'react';

import { Words } from '../translations/Words';
import { EnabledToggle } from './EnabledToggle';
import { EngineSelect } from './EngineSelect';
import type { InputProps } from './inputProps';
import { PresetsSelect } from './PresetsSelect';
import type { InputType } from './settingsItems';

/** A setting as the builder renders it, whatever its value. */
export type AnyInput = ComponentType<InputProps<never>>;

const withWords = <Value,>(Input: ComponentType<InputProps<Value>>): AnyInput =>
  function WithWords(props) {
    return (
      <Words>
        <Input {...props} />
      </Words>
    );
  };

/** The inputs of a media field's settings; a chunk of its own, as few people ever open the builder. */
export const inputs: Record<InputType, AnyInput> = {
  'cutout-enabled': withWords(EnabledToggle),
  'cutout-engine': withWords(EngineSelect),
  'cutout-presets': withWords(PresetsSelect),
};
