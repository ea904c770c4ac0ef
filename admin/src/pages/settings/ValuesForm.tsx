import { useState } from 'react';

import { Button, Field, Flex, Grid, NumberInput, SingleSelect, SingleSelectOption } from '@strapi/design-system';

import type { SettingKey, SettingsView } from '../../../../server/src/api/contracts';
import { useAnswer } from '../../hooks/useAnswer';
import { useText } from '../../hooks/useText';
import { useSendSettings } from '../../services/settings';
import { ConfirmButton } from '../forms/ConfirmButton';
import { Cell } from '../runs/Cell';
import { Panel } from '../runs/Panel';
import { changeOf, isLocked, setHere, type Values, valuesOf } from './values';

interface FieldProps {
  settings: SettingsView;
  form: Values;
  onChange: (key: SettingKey, value: number | string | null) => void;
}

/** What can be set here: the budget, and from which doubt on a person looks at a cutout. */
export function ValuesForm({ settings }: { settings: SettingsView }) {
  const text = useText();
  const take = useAnswer();
  const { send, isSending } = useSendSettings();
  const [form, setForm] = useState(valuesOf(settings));
  const onChange: FieldProps['onChange'] = (key, value) => setForm({ ...form, [key]: value });
  const change = changeOf(settings, form);
  const here = setHere(settings);
  const props = { settings, form, onChange };
  const save = async () => void take(await send(change));
  return (
    <Panel title={text('settings.values')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!isSending) void save();
        }}
      >
        <Flex direction="column" alignItems="stretch" gap={4}>
          <Grid.Root gap={4}>
            <Cell>
              <NumberField {...props} name="remote.budget.credits" step={1} />
            </Cell>
            <Cell>
              <NumberField {...props} name="remote.budget.reserve" step={1} />
            </Cell>
            <Cell>
              <AtLimitField {...props} />
            </Cell>
            <Cell>
              <NumberField {...props} name="local.reviewBelow" step={0.05} />
            </Cell>
          </Grid.Root>
          <Flex gap={2} wrap="wrap">
            <Button type="submit" loading={isSending} disabled={Object.keys(change.values ?? {}).length === 0}>
              {text('settings.save')}
            </Button>
            {here.length > 0 ? (
              <ConfirmButton
                label={text('settings.unset')}
                title={text('settings.unset.title')}
                text={text('settings.unset.text')}
                confirm={text('settings.unset.confirm')}
                isSending={isSending}
                onConfirm={async () => take(await send({ version: settings.version, unset: here }))}
              />
            ) : null}
          </Flex>
        </Flex>
      </form>
    </Panel>
  );
}

type NumberKey = Exclude<SettingKey, 'remote.budget.atLimit'>;

function NumberField({ settings, form, onChange, name, step }: FieldProps & { name: NumberKey; step: number }) {
  const text = useText();
  const locked = isLocked(settings, name);
  const value = form[name];
  // Without a reserve nothing is kept; the others have no limit then.
  const empty = name === 'remote.budget.reserve' ? 0 : null;
  return (
    <Field.Root width="100%" hint={text(locked ? 'settings.locked' : `settings.${name}.hint`)}>
      <Field.Label>{text(`settings.${name}`)}</Field.Label>
      <NumberInput
        value={typeof value === 'number' ? value : undefined}
        step={step}
        disabled={locked}
        placeholder={text('settings.none')}
        onValueChange={(given) => onChange(name, given ?? empty)}
      />
      <Field.Hint />
    </Field.Root>
  );
}

function AtLimitField({ settings, form, onChange }: FieldProps) {
  const text = useText();
  const name = 'remote.budget.atLimit';
  const locked = isLocked(settings, name);
  return (
    <Field.Root width="100%" hint={text(locked ? 'settings.locked' : `settings.${name}.hint`)}>
      <Field.Label>{text(`settings.${name}`)}</Field.Label>
      <SingleSelect value={form[name]} disabled={locked} onChange={(chosen) => onChange(name, String(chosen))}>
        {(['hold', 'local'] as const).map((choice) => (
          <SingleSelectOption key={choice} value={choice}>
            {text(`settings.at-limit.${choice}`)}
          </SingleSelectOption>
        ))}
      </SingleSelect>
      <Field.Hint />
    </Field.Root>
  );
}
