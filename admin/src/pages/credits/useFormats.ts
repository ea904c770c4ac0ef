import { useMemo } from 'react';

import { useIntl } from 'react-intl';

import { boundsOf } from './figures';

export interface Formats {
  /** At most one decimal: forecasts are no more exact than that. */
  number(value: number): string;
  /** With a sign, unless 0. */
  signed(value: number): string;
  /** A moment, in the reader's time zone. */
  moment(iso: string): string;
  /** A day in UTC, in which the service counts. */
  day(iso: string): string;
  /** A billing period in UTC days. */
  period(span: { startsAt: string; endsAt: string }): string;
}

/** Numbers and dates in the admin's language. */
export function useFormats(): Formats {
  const intl = useIntl();
  return useMemo(
    () => ({
      number: (value) => intl.formatNumber(value, { maximumFractionDigits: 1 }),
      signed: (value) => intl.formatNumber(value, { signDisplay: 'exceptZero', maximumFractionDigits: 1 }),
      moment: (iso) => intl.formatDate(iso, { dateStyle: 'medium', timeStyle: 'short' }),
      day: (iso) => intl.formatDate(iso, { dateStyle: 'medium', timeZone: 'UTC' }),
      period: (span) => intl.formatDateTimeRange(...boundsOf(span), { dateStyle: 'medium', timeZone: 'UTC' }),
    }),
    [intl],
  );
}
