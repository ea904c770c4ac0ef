import { useText } from '../../../hooks/useText';
import { Bar } from '../Bar';
import { Card, Pairs, Sentence } from '../Card';
import { useOf, type Usage } from '../figures';
import { useFormats } from '../useFormats';

/** What the account counts in the period that is looked at: of the plan, in the web editor and by API. */
export function UseCard({ usage }: { usage: Usage }) {
  const text = useText();
  const { number } = useFormats();
  const use = useOf(usage);
  if (!use) {
    return (
      <Card title={text('credits.use.title')} figure={text('credits.not-known')}>
        <Sentence>{text('credits.use.unread')}</Sentence>
      </Card>
    );
  }
  const { app, api, included, prepaidUsed } = use;
  const used = app + api;
  const figure = included === null ? number(used) : text('credits.of', { part: number(used), whole: number(included) });
  return (
    <Card title={text('credits.use.title')} figure={figure}>
      {included ? (
        <Bar share={Math.min(1, used / included)} label={text('credits.use.bar')} valueText={figure} />
      ) : null}
      <Pairs
        pairs={[
          [text('credits.cycles.app'), number(app)],
          [text('credits.cycles.api'), number(api)],
          ...(prepaidUsed === null ? [] : [[text('credits.use.prepaid'), number(prepaidUsed)] as [string, string]]),
        ]}
      />
      {included === null ? <Sentence>{text('credits.use.month')}</Sentence> : null}
    </Card>
  );
}
