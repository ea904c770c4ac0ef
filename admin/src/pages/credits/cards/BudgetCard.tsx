import { useText } from '../../../hooks/useText';
import { Bar } from '../Bar';
import { Card, Sentence } from '../Card';
import { alertSentence, budgetSentences, budgetShare, type Usage } from '../figures';
import { useFormats } from '../useFormats';

/** What this Strapi allows itself in a cycle, which alert went out, and what happens when it is spent. */
export function BudgetCard({ budget }: Pick<Usage, 'budget'>) {
  const text = useText();
  const { number } = useFormats();
  const { credits, reserve, spent, alerted } = budget;
  const share = budgetShare(budget);
  const figure =
    credits === null
      ? text('credits.budget.spent', { credits: number(spent) })
      : text('credits.of', { part: number(spent), whole: number(credits) });
  const alert = alertSentence(budget);
  return (
    <Card title={text('credits.budget.title')} figure={figure}>
      {share === null ? null : <Bar share={share} label={text('credits.budget.bar')} valueText={figure} />}
      {budgetSentences(budget).map((key) => (
        <Sentence key={key}>{text(key, { reserve })}</Sentence>
      ))}
      {alert ? <Sentence>{text(alert, { percent: alerted ?? 0 })}</Sentence> : null}
    </Card>
  );
}
