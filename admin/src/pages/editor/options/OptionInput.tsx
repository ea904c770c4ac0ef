import { Field as Labelled, SingleSelect, SingleSelectOption, TextInput } from '@strapi/design-system';

import { useText } from '../../../hooks/useText';
import { Tick } from '../Tick';
import { ColorInput } from './ColorInput';
import { fields, type OptionName } from './fields';
import { choiceWords } from './optionWords';
import { PictureInput } from './PictureInput';
import { ShadowInput } from './ShadowInput';

interface OptionInputProps {
  name: OptionName;
  /** As an address has it; undefined for the default. */
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}

/** One option, by the kind of its value. */
export function OptionInput({ name, value, onChange }: OptionInputProps) {
  const text = useText();
  const field = fields[name];
  const label = text(`editor.option.${name}`);
  if (field.kind === 'color') return <ColorInput label={label} value={value} onChange={onChange} />;
  if (field.kind === 'shadow') return <ShadowInput label={label} value={value} onChange={onChange} />;
  if (field.kind === 'picture') return <PictureInput label={label} value={value} onChange={onChange} />;
  if (field.kind === 'flag') {
    const checked = value === undefined ? field.initial : value === 'true';
    const change = (wanted: boolean) => onChange(wanted === field.initial ? undefined : String(wanted));
    return <Tick label={label} checked={checked} onChange={change} />;
  }
  if (field.kind === 'choice') {
    return (
      <Labelled.Root width="100%">
        <Labelled.Label>{label}</Labelled.Label>
        <SingleSelect
          size="S"
          value={value ?? null}
          placeholder={text('editor.option.usual')}
          clearLabel={text('field.clear')}
          onClear={() => onChange(undefined)}
          onChange={(chosen) => onChange(String(chosen))}
        >
          {choicesOf(field.values, value).map((one) => (
            <SingleSelectOption key={one} value={one}>
              {choiceWords(name, one, text)}
            </SingleSelectOption>
          ))}
        </SingleSelect>
      </Labelled.Root>
    );
  }
  return (
    <Labelled.Root width="100%">
      <Labelled.Label>{label}</Labelled.Label>
      <TextInput
        size="S"
        {...(field.kind === 'number'
          ? { type: 'number', min: field.min, max: field.max, step: field.isWhole ? 1 : 'any' }
          : { placeholder: field.example })}
        value={value ?? ''}
        onChange={(event: { target: { value: string } }) => onChange(event.target.value || undefined)}
      />
    </Labelled.Root>
  );
}

/** A preset may have one that is not in the list, as `20% 80%`. */
const choicesOf = (known: readonly string[], value: string | undefined): readonly string[] =>
  value === undefined || known.includes(value) ? known : [...known, value];
