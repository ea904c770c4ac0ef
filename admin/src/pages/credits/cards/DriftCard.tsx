import { useText } from '../../../hooks/useText';
import { Card, Sentence } from '../Card';
import { driftSentence, type Usage } from '../figures';
import { useFormats } from '../useFormats';

/** The account's count of API credits in the cycle, less this Strapi's. */
export function DriftCard({ drift }: Pick<Usage, 'drift'>) {
  const text = useText();
  const { signed } = useFormats();
  return (
    <Card title={text('credits.drift.title')} figure={drift === null ? text('credits.not-known') : signed(drift)}>
      <Sentence>{text(driftSentence(drift))}</Sentence>
    </Card>
  );
}
