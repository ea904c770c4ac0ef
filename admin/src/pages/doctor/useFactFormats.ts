import { useMemo } from 'react';

import { useIntl } from 'react-intl';

import { useText } from '../../hooks/useText';
import type { FactFormats } from './facts';

export function useFactFormats(): FactFormats {
  const text = useText();
  const intl = useIntl();
  return useMemo(
    () => ({
      text,
      moment: (iso) => intl.formatDate(iso, { dateStyle: 'medium', timeStyle: 'medium' }),
      number: (value) => intl.formatNumber(value, { maximumFractionDigits: 1 }),
      unit: (value, unit) =>
        intl.formatNumber(value, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 1 }),
    }),
    [intl, text],
  );
}
