import { lazy, Suspense, useId, useMemo, useState } from 'react';

import { Box, Button, Flex, Loader, Typography, VisuallyHidden } from '@strapi/design-system';
import { useTheme } from 'styled-components';

import { useText } from '../../../hooks/useText';
import type { TextKey } from '../../../translations/words';
import { Sheet } from '../../Sheet';
import { Sentence } from '../Card';
import type { Usage } from '../figures';
import { useFormats } from '../useFormats';
import { ChartTable } from './ChartTable';
import { type Group, type Grouping, seriesOf } from './series';

const BarChart = lazy(() => import('./BarChart'));

const groupings: Grouping[] = ['engine', 'source'];
const paints = ['primary600', 'success500', 'warning500', 'secondary500', 'neutral500'] as const;

export const groupLabel = (group: Group): TextKey =>
  group === 'remote' || group === 'local' || group === 'stored'
    ? `credits.chart.made.${group}`
    : `credits.chart.source.${group}`;

/** Pictures by UTC day in the period that is looked at, by what made them or by what asked for them. */
export function UsageChart({ usage }: { usage: Usage }) {
  const text = useText();
  const { shortDay } = useFormats();
  const { colors } = useTheme();
  const id = useId();
  const [grouping, setGrouping] = useState<Grouping>('engine');
  const { days: counts, period, now } = usage;
  const series = useMemo(() => seriesOf(counts, grouping, { ...period, now }), [counts, grouping, period, now]);
  const named = useMemo(
    () =>
      series.groups.map(({ group, pictures }, index) => ({
        label: text(groupLabel(group)),
        colour: String(colors[paints[index % paints.length] ?? 'primary600']),
        values: pictures,
      })),
    [series, text, colors],
  );
  const labels = useMemo(() => series.days.map((day) => shortDay(day)), [series, shortDay]);
  return (
    <Sheet labelledBy={id} gap={3} padding={5} width="100%">
      <Flex justifyContent="space-between" gap={3} wrap="wrap">
        <Typography id={id} tag="h3" fontWeight="semiBold" textColor="neutral600">
          {text('credits.chart.title')}
        </Typography>
        <Flex gap={2} role="group" aria-label={text('credits.chart.grouping')}>
          {groupings.map((name) => (
            <Button
              key={name}
              size="S"
              variant={name === grouping ? 'secondary' : 'tertiary'}
              aria-pressed={name === grouping}
              onClick={() => setGrouping(name)}
            >
              {text(`credits.chart.by.${name}`)}
            </Button>
          ))}
        </Flex>
      </Flex>
      {named.length === 0 ? (
        <Sentence>{text('credits.chart.empty')}</Sentence>
      ) : (
        <>
          <Box height="22rem" position="relative">
            <Suspense
              fallback={
                <Flex height="100%" justifyContent="center">
                  <Loader>{text('credits.loading')}</Loader>
                </Flex>
              }
            >
              <BarChart label={text('credits.chart.title')} days={labels} series={named} />
            </Suspense>
          </Box>
          <Flex tag="ul" gap={4} wrap="wrap" aria-hidden>
            {named.map(({ label, colour }) => (
              <Flex tag="li" key={label} gap={2}>
                <Box width="1.2rem" height="1.2rem" hasRadius style={{ background: colour }} />
                <Typography variant="pi" textColor="neutral800">
                  {label}
                </Typography>
              </Flex>
            ))}
          </Flex>
          <VisuallyHidden>
            <ChartTable caption={text('credits.chart.title')} days={labels} series={named} credits={series.credits} />
          </VisuallyHidden>
        </>
      )}
    </Sheet>
  );
}
