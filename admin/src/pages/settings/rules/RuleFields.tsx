import {
  Field,
  Grid,
  MultiSelect,
  MultiSelectOption,
  NumberInput,
  SingleSelect,
  SingleSelectOption,
} from '@strapi/design-system';

import type { EngineName, RuleValue } from '../../../../../server/src/api/contracts';
import { useMayPay } from '../../../hooks/useAllowed';
import { useText } from '../../../hooks/useText';
import { Cell } from '../../runs/Cell';
import { enginesFor, megapixelsOf, withMegapixels } from './rules';

interface RuleFieldsProps {
  rule: RuleValue;
  /** All there are. */
  presets: readonly string[];
  onChange: (rule: RuleValue) => void;
}

/** What a rule says of each of its images. */
export function RuleFields({ rule, presets, onChange }: RuleFieldsProps) {
  const text = useText();
  const mayPay = useMayPay();
  return (
    <Grid.Root gap={4}>
      <Cell>
        <Field.Root width="100%">
          <Field.Label>{text('settings.rules.engine')}</Field.Label>
          <SingleSelect
            value={rule.engine}
            onChange={(engine) => onChange({ ...rule, engine: String(engine) as EngineName })}
          >
            {enginesFor(mayPay, rule.engine).map((engine) => (
              <SingleSelectOption key={engine} value={engine}>
                {text(`engine.${engine}`)}
              </SingleSelectOption>
            ))}
          </SingleSelect>
        </Field.Root>
      </Cell>
      <Cell>
        <Field.Root width="100%" error={rule.presets.length === 0 ? text('settings.rules.presets.none') : undefined}>
          <Field.Label>{text('settings.rules.presets')}</Field.Label>
          <MultiSelect
            value={rule.presets}
            clearLabel={text('field.clear')}
            onClear={() => onChange({ ...rule, presets: [] })}
            onChange={(chosen: string[]) => onChange({ ...rule, presets: chosen })}
            customizeContent={(names) => names?.join(', ') ?? ''}
          >
            {presets.map((preset) => (
              <MultiSelectOption key={preset} value={preset}>
                {preset}
              </MultiSelectOption>
            ))}
          </MultiSelect>
          <Field.Error />
        </Field.Root>
      </Cell>
      <Cell>
        <Field.Root width="100%" hint={text('settings.rules.limit.hint')}>
          <Field.Label>{text('settings.rules.limit')}</Field.Label>
          <NumberInput
            value={megapixelsOf(rule)}
            step={1}
            placeholder={text('settings.none')}
            onValueChange={(megapixels) => onChange(withMegapixels(rule, megapixels))}
          />
          <Field.Hint />
        </Field.Root>
      </Cell>
    </Grid.Root>
  );
}
