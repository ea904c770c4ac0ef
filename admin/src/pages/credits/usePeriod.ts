import { useCallback } from 'react';

import { useQueryParams } from '@strapi/strapi/admin';

/** What names a period in the page's address, as in the account's own questions. */
interface PeriodParams {
  periodStartUnix?: string;
  year?: string;
  month?: string;
}

/** The period that an address names, in one spelling; empty for the cycle under way, and where it makes no sense. */
export function periodIn({ periodStartUnix, year, month }: PeriodParams): string {
  if (/^\d{1,12}$/.test(periodStartUnix ?? '')) return `periodStartUnix=${periodStartUnix}`;
  const isMonth = /^2\d{3}$/.test(year ?? '') && /^(1[0-2]|[1-9])$/.test(month ?? '');
  return isMonth ? `year=${year}&month=${month}` : '';
}

/** The period that is looked at, kept in the page's address. */
export function usePeriod(): [period: string, choose: (period: string) => void] {
  const [{ query }, setQuery] = useQueryParams<PeriodParams>();
  const choose = useCallback(
    (period: string) => {
      const nothing = { periodStartUnix: undefined, year: undefined, month: undefined };
      setQuery({ ...nothing, ...Object.fromEntries(new URLSearchParams(period)) });
    },
    [setQuery],
  );
  return [periodIn(query ?? {}), choose];
}

/** The calendar months (UTC) up to `now`, newest first. */
export function monthsUntil(now: string, count = 12): { period: string; startsAt: string }[] {
  const date = new Date(now);
  return Array.from({ length: count }, (_, back) => {
    const start = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - back));
    const period = `year=${start.getUTCFullYear()}&month=${start.getUTCMonth() + 1}`;
    return { period, startsAt: start.toISOString() };
  });
}
