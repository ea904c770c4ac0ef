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
  /** The same without its year. */
  shortDay(iso: string): string;
  /** A moment in UTC, which it says. */
  utc(iso: string): string;
  /** A billing period in UTC days. */
  period(span: { startsAt: string; endsAt: string }): string;
  /** A calendar month in UTC. */
  month(iso: string): string;
  /** How long before `now` it was. */
  ago(iso: string, now: string): string;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Numbers and dates in the admin's language. */
export function useFormats(): Formats {
  const intl = useIntl();
  return useMemo(() => {
    const day = (iso: string) => intl.formatDate(iso, { dateStyle: 'medium', timeZone: 'UTC' });
    const ago = (iso: string, now: string): string => {
      const ms = Math.max(0, Date.parse(now) - Date.parse(iso));
      const relative = (value: number, unit: 'day' | 'hour' | 'minute') =>
        intl.formatRelativeTime(-Math.floor(value), unit, { numeric: 'auto' });
      if (ms >= DAY_MS) return relative(ms / DAY_MS, 'day');
      return ms >= HOUR_MS ? relative(ms / HOUR_MS, 'hour') : relative(ms / MINUTE_MS, 'minute');
    };
    return {
      number: (value) => intl.formatNumber(value, { maximumFractionDigits: 1 }),
      signed: (value) => intl.formatNumber(value, { signDisplay: 'exceptZero', maximumFractionDigits: 1 }),
      moment: (iso) => intl.formatDate(iso, { dateStyle: 'medium', timeStyle: 'short' }),
      day,
      shortDay: (iso) => intl.formatDate(iso, { day: 'numeric', month: 'short', timeZone: 'UTC' }),
      utc: (iso) => `${intl.formatDate(iso, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })} UTC`,
      period: (span) => intl.formatDateTimeRange(...boundsOf(span), { dateStyle: 'medium', timeZone: 'UTC' }),
      month: (iso) => intl.formatDate(iso, { month: 'long', year: 'numeric', timeZone: 'UTC' }),
      ago,
    };
  }, [intl]);
}
