import { useText } from '../../../hooks/useText';
import { Card, Pairs, Sentence } from '../Card';
import type { Usage } from '../figures';
import { useFormats } from '../useFormats';

const outcomes = ['charged', 'unknown', 'reserved', 'held'] as const;

/** What this Strapi itself has counted in the cycle; all four count as spent. */
export function LedgerCard({ ledger }: Pick<Usage, 'ledger'>) {
  const text = useText();
  const { number } = useFormats();
  return (
    <Card title={text('credits.ledger.title')}>
      <Pairs pairs={outcomes.map((outcome) => [text(`credits.ledger.${outcome}`), number(ledger[outcome])])} />
      <Sentence>{text('credits.ledger.about-unknown')}</Sentence>
      <Sentence>{text('credits.ledger.about-rest')}</Sentence>
    </Card>
  );
}
