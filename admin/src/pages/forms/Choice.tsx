import { Field, SingleSelect, SingleSelectOption } from '@strapi/design-system';

import { useText } from '../../hooks/useText';

export interface Option {
  value: string;
  label: string;
}

interface ChoiceProps {
  label: string;
  /** Undefined while nothing is chosen. */
  value: string | undefined;
  /** What it means that nothing is. */
  placeholder?: string;
  options: readonly Option[];
  onChange: (value: string | undefined) => void;
}

/** One of some, or none. */
export function Choice({ label, value, placeholder, options, onChange }: ChoiceProps) {
  const text = useText();
  return (
    <Field.Root width="100%">
      <Field.Label>{label}</Field.Label>
      <SingleSelect
        value={value ?? null}
        placeholder={placeholder ?? text('choice.any')}
        clearLabel={text('field.clear')}
        onClear={() => onChange(undefined)}
        onChange={(chosen) => onChange(String(chosen))}
      >
        {options.map((option) => (
          <SingleSelectOption key={option.value} value={option.value}>
            {option.label}
          </SingleSelectOption>
        ))}
      </SingleSelect>
    </Field.Root>
  );
}
