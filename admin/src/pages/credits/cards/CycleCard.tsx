import { useText } from '../../../hooks/useText';
import { Card, Pairs, Sentence } from '../Card';
import { daysUntil, type Usage } from '../figures';
import { useFormats } from '../useFormats';

export function CycleCard({ cycle }: Pick<Usage, 'cycle'>) {
  const text = useText();
  const { day, period } = useFormats();
  return (
    <Card
      title={text('credits.cycle.title')}
      figure={text('credits.cycle.days', { days: daysUntil(cycle.endsAt, Date.now()) })}
    >
      <Pairs
        pairs={[
          [text('credits.cycle.period'), period(cycle)],
          [text('credits.cycle.renewal'), day(cycle.endsAt)],
        ]}
      />
      {cycle.synced ? null : <Sentence>{text('credits.cycle.unsynced')}</Sentence>}
    </Card>
  );
}
