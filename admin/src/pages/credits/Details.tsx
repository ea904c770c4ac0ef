import { Accordion, Flex, Grid } from '@strapi/design-system';

import { useText } from '../../hooks/useText';
import { Card, Pairs, Sentence } from './Card';
import { CyclesTable } from './CyclesTable';
import { driftSentence, type Usage } from './figures';
import { useFormats } from './useFormats';

const outcomes = ['charged', 'unknown', 'reserved', 'held'] as const;

/** What this Strapi has counted itself, what cost nothing, and how that compares with the account. */
export function Details({ usage }: { usage: Usage }) {
  const text = useText();
  const { number, signed, day } = useFormats();
  const { configured, cycle, cycles, drift, driftAgrees, keptSince, ledger, period, savings } = usage;
  return (
    <Accordion.Root>
      <Accordion.Item value="details">
        <Accordion.Header>
          <Accordion.Trigger>{text('credits.details')}</Accordion.Trigger>
        </Accordion.Header>
        <Accordion.Content>
          <Flex direction="column" alignItems="stretch" gap={4} padding={5} background="neutral100">
            <Grid.Root gap={4}>
              {configured ? (
                <Grid.Item col={4} s={12} xs={12} alignItems="stretch">
                  <Card title={text('credits.ledger.title')}>
                    <Pairs
                      pairs={outcomes.map((outcome) => [text(`credits.ledger.${outcome}`), number(ledger[outcome])])}
                    />
                    <Sentence>{text('credits.ledger.about-unknown')}</Sentence>
                    <Sentence>{text('credits.ledger.about-rest')}</Sentence>
                  </Card>
                </Grid.Item>
              ) : null}
              <Grid.Item col={4} s={12} xs={12} alignItems="stretch">
                <Card title={text('credits.savings.title')} figure={number(savings.local + savings.storedMatte)}>
                  <Pairs
                    pairs={[
                      [text('credits.savings.local'), number(savings.local)],
                      [text('credits.savings.stored'), number(savings.storedMatte)],
                    ]}
                  />
                  <Sentence>{text('credits.savings.about')}</Sentence>
                  {period.startsAt < keptSince ? (
                    <Sentence>{text('credits.ledger.kept', { when: day(keptSince) })}</Sentence>
                  ) : null}
                </Card>
              </Grid.Item>
              {configured ? (
                <Grid.Item col={4} s={12} xs={12} alignItems="stretch">
                  <Card
                    title={text('credits.drift.title')}
                    figure={drift === null || !driftAgrees ? text('credits.not-known') : signed(drift)}
                  >
                    <Sentence>{text(driftSentence(usage))}</Sentence>
                  </Card>
                </Grid.Item>
              ) : null}
            </Grid.Root>
            {configured ? <CyclesTable cycles={cycles} cycle={cycle} /> : null}
          </Flex>
        </Accordion.Content>
      </Accordion.Item>
    </Accordion.Root>
  );
}
