import { Flex } from '@strapi/design-system';
import { useIntl } from 'react-intl';

import type { BulkView } from '../../../../server/src/api/contracts';
import { useText } from '../../hooks/useText';
import { Figure, Panel } from './Panel';
import { reportRows } from './report';

/** What the dry run found: how many, why not the others, how long, and what it costs. */
export function Report({ run: { plan } }: { run: BulkView }) {
  const text = useText();
  const { formatNumber } = useIntl();
  const number = (value: number) => formatNumber(value, { maximumFractionDigits: 0 });
  const { atLeast, atMost, spendable } = plan.credits;
  const credits =
    atLeast === atMost ? number(atMost) : text('report.range', { least: number(atLeast), most: number(atMost) });
  return (
    <Panel title={text('report.title', { count: plan.matching })}>
      <Flex tag="dl" direction="column" alignItems="stretch" gap={2} maxWidth="56rem">
        {reportRows(plan).map(({ key, label, count }) => (
          <Figure key={key} name={text(label)}>
            {number(count)}
          </Figure>
        ))}
        {plan.make > 0 && plan.minutes !== null ? (
          <Figure name={text('report.minutes')}>
            {text('report.minutes.about', { minutes: Math.max(1, Math.round(plan.minutes)) })}
          </Figure>
        ) : null}
        {atMost > 0 || spendable !== null ? (
          <>
            <Figure name={text('report.credits')}>{credits}</Figure>
            <Figure name={text('report.spendable')}>
              {spendable === null ? text('credits.not-known') : number(spendable)}
            </Figure>
          </>
        ) : null}
      </Flex>
    </Panel>
  );
}
