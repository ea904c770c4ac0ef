import { useText } from '../../../hooks/useText';
import { Card, Pairs, Sentence } from '../Card';
import type { Usage } from '../figures';
import { useFormats } from '../useFormats';

/** What the account can still spend, and of which kind. */
export function BalanceCard({ account }: Pick<Usage, 'account'>) {
  const text = useText();
  const { number, moment } = useFormats();
  if (!account) return <Card title={text('credits.balance.title')} figure={text('credits.not-known')} />;

  const { plan, spendable, remainingIncludedCredits, includedCredits, prepaidCredits, asOf } = account;
  const left = text('credits.of', { part: number(remainingIncludedCredits), whole: number(includedCredits) });
  return (
    <Card title={text('credits.balance.title')} figure={number(spendable)}>
      <Pairs
        pairs={[
          [text('credits.balance.plan'), plan],
          [text('credits.balance.included'), left],
          [text('credits.balance.prepaid'), number(prepaidCredits)],
        ]}
      />
      <Sentence>{text('credits.balance.as-of', { when: moment(asOf) })}</Sentence>
    </Card>
  );
}
