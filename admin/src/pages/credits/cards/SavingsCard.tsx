import { useText } from '../../../hooks/useText';
import { Card, Pairs, Sentence } from '../Card';
import type { Usage } from '../figures';
import { useFormats } from '../useFormats';

/** Work of the cycle that cost nothing. */
export function SavingsCard({ savings }: Pick<Usage, 'savings'>) {
  const text = useText();
  const { number } = useFormats();
  return (
    <Card title={text('credits.savings.title')} figure={number(savings.local + savings.storedMatte)}>
      <Pairs
        pairs={[
          [text('credits.savings.local'), number(savings.local)],
          [text('credits.savings.stored'), number(savings.storedMatte)],
        ]}
      />
      <Sentence>{text('credits.savings.about')}</Sentence>
    </Card>
  );
}
