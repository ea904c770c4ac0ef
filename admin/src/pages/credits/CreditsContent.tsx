import type { ReactNode } from 'react';

import { Flex, Grid, Typography } from '@strapi/design-system';

import { useMaySettle } from '../../hooks/useAllowed';
import { useText } from '../../hooks/useText';
import { CallList } from './calls/CallList';
import { SettleButtons } from './calls/SettleButtons';
import { BalanceCard } from './cards/BalanceCard';
import { BudgetCard } from './cards/BudgetCard';
import { UseCard } from './cards/UseCard';
import { WaitingCard } from './cards/WaitingCard';
import { UsageChart } from './chart/UsageChart';
import { Details } from './Details';
import { ExportButton } from './ExportButton';
import type { Usage } from './figures';
import { Headline } from './Headline';
import { Notices } from './Notices';
import { PeriodChooser } from './PeriodChooser';
import { useFormats } from './useFormats';

/** A part of the row on a desk, the whole row on a phone. */
function Cell({ col, children }: { col: 4 | 8 | 12; children: ReactNode }) {
  return (
    <Grid.Item col={col} s={12} xs={12} alignItems="stretch">
      {children}
    </Grid.Item>
  );
}

interface CreditsContentProps {
  usage: Usage;
  isAsking: boolean;
  /** As in the page's address. */
  period: string;
  onChoose: (period: string) => void;
}

/** How things stand now, then the period that is looked at. Without an API key there is no account to tell of. */
export function CreditsContent({ usage, isAsking, period, onChoose }: CreditsContentProps) {
  const text = useText();
  const { configured } = usage;
  return (
    <Flex direction="column" alignItems="stretch" gap={6}>
      <Headline usage={usage} isAsking={isAsking} />
      <Notices usage={usage} />
      {configured ? (
        <Grid.Root gap={4}>
          <Cell col={4}>
            <BalanceCard usage={usage} />
          </Cell>
          <Cell col={4}>
            <BudgetCard budget={usage.budget} />
          </Cell>
          <Cell col={4}>
            <WaitingCard usage={usage} />
          </Cell>
        </Grid.Root>
      ) : null}
      {usage.unknownCalls > 0 ? <UnknownCalls /> : null}
      <Flex justifyContent="space-between" gap={3} wrap="wrap">
        <PeriodChooser usage={usage} period={period} onChoose={onChoose} />
        <ExportButton period={period} startsAt={usage.period.startsAt} />
      </Flex>
      <PeriodTitle usage={usage} />
      <Grid.Root gap={4}>
        {configured ? (
          <Cell col={4}>
            <UseCard usage={usage} />
          </Cell>
        ) : null}
        <Cell col={configured ? 8 : 12}>
          <UsageChart usage={usage} />
        </Cell>
      </Grid.Root>
      <CallList
        key={period}
        outcome="paid"
        period={period}
        title={text('credits.calls.title')}
        about={text('credits.calls.about')}
      />
      <Details usage={usage} />
    </Flex>
  );
}

/** The days that are looked at, which the chooser may name by a month alone. */
function PeriodTitle({ usage }: { usage: Usage }) {
  const text = useText();
  const formats = useFormats();
  return (
    <Typography tag="h2" variant="delta">
      {text('credits.period.title', { period: formats.period(usage.period) })}
    </Typography>
  );
}

/** Of all times: they stay until somebody settles them. */
function UnknownCalls() {
  const text = useText();
  const maySettle = useMaySettle();
  return (
    <CallList
      outcome="unknown"
      period=""
      title={text('credits.unknown.title')}
      about={text(maySettle ? 'credits.unknown.about' : 'credits.unknown.about-others')}
      action={maySettle ? { heading: text('credits.settle'), of: (call) => <SettleButtons call={call} /> } : undefined}
    />
  );
}
