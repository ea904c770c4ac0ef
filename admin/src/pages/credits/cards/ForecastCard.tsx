import { useText } from '../../../hooks/useText';
import { Card, Sentence } from '../Card';
import { forecastSentence, type Usage } from '../figures';
import { useFormats } from '../useFormats';

/** How fast the account's credits go, and whether they last. */
export function ForecastCard({ forecast }: Pick<Usage, 'forecast'>) {
  const text = useText();
  const { number, moment } = useFormats();
  const figure = forecast
    ? text('credits.forecast.per-day', { credits: number(forecast.perDay) })
    : text('credits.not-known');
  const when = forecast?.runsOutAt ? moment(forecast.runsOutAt) : '';
  return (
    <Card title={text('credits.forecast.title')} figure={figure}>
      <Sentence>{text(forecastSentence(forecast), { when })}</Sentence>
      {forecast ? <Sentence>{text('credits.forecast.basis')}</Sentence> : null}
    </Card>
  );
}
