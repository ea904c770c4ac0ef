import { Box, SingleSelect, SingleSelectOption } from '@strapi/design-system';

import { useText } from '../../hooks/useText';
import type { Usage } from './figures';
import { useFormats } from './useFormats';
import { monthsUntil } from './usePeriod';

interface PeriodChooserProps {
  usage: Usage;
  period: string;
  onChoose: (period: string) => void;
}

/** The select takes no empty value. */
const CURRENT = 'current';

/** The account's cycles and the calendar months; the one that an address names is among them, however old. */
export function PeriodChooser({ usage, period, onChoose }: PeriodChooserProps) {
  const text = useText();
  const formats = useFormats();
  const { cycle, cycles, now } = usage;
  const options = [
    { value: CURRENT, label: text('credits.period.current', { period: formats.period(cycle) }) },
    ...cycles
      .filter(({ isCurrent }) => !isCurrent)
      .map(({ periodStartUnix, ...span }) => ({
        value: `periodStartUnix=${periodStartUnix}`,
        label: text('credits.period.cycle', { period: formats.period(span) }),
      })),
    ...monthsUntil(now).map(({ period: value, startsAt }) => ({
      value,
      label: text('credits.period.month', { month: formats.month(startsAt) }),
    })),
  ];
  if (period !== '' && !options.some(({ value }) => value === period)) {
    options.push({ value: period, label: formats.period(usage.period) });
  }
  return (
    <Box minWidth="min(32rem, 100%)">
      <SingleSelect
        aria-label={text('credits.period.choose')}
        value={period || CURRENT}
        onChange={(value) => onChoose(value === CURRENT ? '' : String(value))}
      >
        {options.map(({ value, label }) => (
          <SingleSelectOption key={value} value={value}>
            {label}
          </SingleSelectOption>
        ))}
      </SingleSelect>
    </Box>
  );
}
