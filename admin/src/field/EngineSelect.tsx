import { Field, SingleSelect, SingleSelectOption } from '@strapi/design-system';
import { useIntl } from 'react-intl';

import type { EngineName } from '../../../server/src/api/contracts';
import { useText } from '../hooks/useText';
import { useOverview } from '../services/api';
import type { InputProps } from './inputProps';

const engines = ['local', 'remote', 'auto'] as const satisfies EngineName[];

/** Left empty, the field's cutouts are made on this server. */
export function EngineSelect({
  name,
  value,
  onChange,
  intlLabel,
  description,
  disabled,
  error,
}: InputProps<EngineName>) {
  const { formatMessage } = useIntl();
  const text = useText();
  const { data } = useOverview();
  const lacksKey = data && !data.engines.remote.configured && (value === 'remote' || value === 'auto');
  const select = (engine: EngineName | undefined) => onChange({ target: { name, value: engine } });

  return (
    <Field.Root name={name} hint={lacksKey ? text('field.engine.no-remote') : formatMessage(description)} error={error}>
      <Field.Label>{formatMessage(intlLabel)}</Field.Label>
      <SingleSelect
        value={value ?? null}
        placeholder={text('field.engine.default')}
        disabled={disabled}
        clearLabel={text('field.clear')}
        onClear={() => select(undefined)}
        onChange={(engine) => select(engine as EngineName)}
      >
        {engines.map((engine) => (
          <SingleSelectOption key={engine} value={engine}>
            {text(`engine.${engine}`)}
          </SingleSelectOption>
        ))}
      </SingleSelect>
      <Field.Error />
      <Field.Hint />
    </Field.Root>
  );
}
