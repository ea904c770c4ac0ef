import { DatePicker, Field, Flex } from '@strapi/design-system';
import { useIntl } from 'react-intl';

import { useText } from '../../hooks/useText';
import { dateOf, dayAfter, dayBefore, dayOf } from './days';

interface DaysProps {
  from: string | undefined;
  /** The first day that counts no more. */
  to: string | undefined;
  onChange: (days: { uploadedFrom: string | undefined; uploadedTo: string | undefined }) => void;
}

/** Days of the upload, both included. */
export function Days({ from, to, onChange }: DaysProps) {
  const text = useText();
  const { locale } = useIntl();
  const given = { locale, clearLabel: text('field.clear') };
  return (
    <Flex gap={2} alignItems="flex-end" wrap="wrap">
      <Field.Root width="19rem">
        <Field.Label>{text('filter.from')}</Field.Label>
        <DatePicker
          {...given}
          value={dateOf(from)}
          onChange={(date) => onChange({ uploadedFrom: dayOf(date), uploadedTo: to })}
          onClear={() => onChange({ uploadedFrom: undefined, uploadedTo: to })}
        />
      </Field.Root>
      <Field.Root width="19rem">
        <Field.Label>{text('filter.to')}</Field.Label>
        <DatePicker
          {...given}
          value={dateOf(dayBefore(to))}
          onChange={(date) => onChange({ uploadedFrom: from, uploadedTo: dayAfter(dayOf(date)) })}
          onClear={() => onChange({ uploadedFrom: from, uploadedTo: undefined })}
        />
      </Field.Root>
    </Flex>
  );
}
