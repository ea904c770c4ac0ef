import { Field, Flex, SingleSelect, SingleSelectOption, Typography } from '@strapi/design-system';
import { WarningCircle } from '@strapi/icons';
import { useIntl } from 'react-intl';

import type { EngineName } from '../../../server/src/api/contracts';
import { useText } from '../hooks/useText';
import { useOverview } from '../services/api';
import { engineSentences } from './engineSentences';
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
  const { cost, warning } = engineSentences(value ?? 'local', data?.engines.remote, text);
  const select = (engine: EngineName | undefined) => onChange({ target: { name, value: engine } });

  return (
    <Field.Root name={name} hint={`${formatMessage(description)} ${cost}`} error={error}>
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
      {warning === null || disabled ? null : <Warning>{warning}</Warning>}
    </Field.Root>
  );
}

function Warning({ children }: { children: string }) {
  return (
    <Flex
      role="alert"
      alignItems="flex-start"
      gap={2}
      padding={2}
      hasRadius
      background="warning100"
      borderColor="warning200"
    >
      <WarningCircle aria-hidden fill="warning600" width="1.6rem" height="1.6rem" style={{ flexShrink: 0 }} />
      <Typography variant="pi" textColor="neutral800">
        {children}
      </Typography>
    </Flex>
  );
}
