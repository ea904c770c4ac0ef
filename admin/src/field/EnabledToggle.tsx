import { Field, Toggle } from '@strapi/design-system';
import { useIntl } from 'react-intl';

import { useText } from '../hooks/useText';
import type { InputProps } from './inputProps';

export function EnabledToggle({ name, value, onChange, intlLabel, description, error }: InputProps<boolean>) {
  const { formatMessage } = useIntl();
  const text = useText();
  return (
    <Field.Root name={name} hint={formatMessage(description)} error={error}>
      <Field.Label>{formatMessage(intlLabel)}</Field.Label>
      <Toggle
        checked={value === true}
        offLabel={text('field.off')}
        onLabel={text('field.on')}
        onChange={(event) => onChange({ target: { name, value: event.target.checked } })}
      />
      <Field.Error />
      <Field.Hint />
    </Field.Root>
  );
}
