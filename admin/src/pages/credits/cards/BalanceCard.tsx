import { Badge, Box } from '@strapi/design-system';

import { useText } from '../../../hooks/useText';
import { Card, Pairs, Sentence } from '../Card';
import { syncOf, type Usage } from '../figures';
import { useFormats } from '../useFormats';

/** What the account can still spend, of which kind, and when the plan's part is renewed. */
export function BalanceCard({ usage }: { usage: Usage }) {
  const text = useText();
  const { number, utc, ago } = useFormats();
  const { account, cycle, forecast, now } = usage;
  const renewal: [string, string] = [text('credits.cycle.renewal'), utc(cycle.endsAt)];
  if (!account) {
    return (
      <Card title={text('credits.balance.title')} figure={text('credits.not-known')}>
        <Pairs pairs={[renewal]} />
      </Card>
    );
  }
  const { plan, spendable, remainingIncludedCredits, includedCredits, prepaidCredits, asOf } = account;
  const left = text('credits.of', { part: number(remainingIncludedCredits), whole: number(includedCredits) });
  const unsynced = syncOf(usage);
  return (
    <Card title={text('credits.balance.title')} figure={number(spendable)}>
      <Pairs
        pairs={[
          [text('credits.balance.plan'), plan],
          [text('credits.balance.included'), left],
          [text('credits.balance.prepaid'), number(prepaidCredits)],
          renewal,
        ]}
      />
      {forecast ? <Sentence>{text('credits.forecast.per-day', { credits: number(forecast.perDay) })}</Sentence> : null}
      {unsynced ? (
        <>
          <Box>
            <Badge background="warning100" textColor="neutral800">
              {text('credits.unsynced')}
            </Badge>
          </Box>
          <Sentence>{text(unsynced, { ago: ago(asOf, now) })}</Sentence>
        </>
      ) : null}
    </Card>
  );
}
