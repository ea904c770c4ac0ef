import { Field, MultiSelect, MultiSelectOption } from '@strapi/design-system';
import { useIntl } from 'react-intl';

import { useText } from '../hooks/useText';
import { useOverview } from '../services/api';
import type { InputProps } from './inputProps';

/** Left empty, the field gets the `default` preset. A chosen preset that is configured no more stays visible, so that it can be taken out. */
export function PresetsSelect({
  name,
  value,
  onChange,
  intlLabel,
  description,
  disabled,
  error,
}: InputProps<string[]>) {
  const { formatMessage } = useIntl();
  const text = useText();
  const { data, isLoading, isError } = useOverview();
  const chosen = value ?? [];
  const known = data?.presets.map((preset) => preset.name) ?? [];
  const lost = data ? chosen.filter((preset) => !known.includes(preset)) : [];
  const lacksDefault = chosen.length > 0 && !chosen.includes('default');
  const options = data ? [...known, ...lost] : chosen;

  const select = (presets: string[]) => onChange({ target: { name, value: presets.length > 0 ? presets : undefined } });

  return (
    <Field.Root
      name={name}
      hint={`${formatMessage(description)}${lacksDefault ? ` ${text('field.presets.no-default')}` : ''}`}
      error={isError ? text('field.presets.unreadable') : error}
    >
      <Field.Label>{formatMessage(intlLabel)}</Field.Label>
      <MultiSelect
        value={chosen}
        placeholder={text('field.presets.default')}
        disabled={disabled}
        loading={isLoading}
        clearLabel={text('field.clear')}
        onClear={() => select([])}
        onChange={select}
        customizeContent={(names) => names?.join(', ') ?? ''}
      >
        {options.map((preset) => (
          <MultiSelectOption key={preset} value={preset}>
            {lost.includes(preset) ? text('field.presets.lost', { name: preset }) : preset}
          </MultiSelectOption>
        ))}
      </MultiSelect>
      <Field.Error />
      <Field.Hint />
    </Field.Root>
  );
}
