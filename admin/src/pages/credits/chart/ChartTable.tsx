import { useText } from '../../../hooks/useText';
import { useFormats } from '../useFormats';

interface ChartTableProps {
  caption: string;
  days: string[];
  series: { label: string; values: number[] }[];
  credits: number[];
}

/** What the chart shows, for those who do not see it; days on which nothing was made are left out. */
export function ChartTable({ caption, days, series, credits }: ChartTableProps) {
  const text = useText();
  const { number } = useFormats();
  const isUsed = (index: number) => series.some(({ values }) => (values[index] ?? 0) > 0);
  return (
    <table>
      <caption>{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{text('credits.chart.day')}</th>
          {series.map(({ label }) => (
            <th key={label} scope="col">
              {label}
            </th>
          ))}
          <th scope="col">{text('credits.chart.credits')}</th>
        </tr>
      </thead>
      <tbody>
        {days.map((day, index) =>
          isUsed(index) ? (
            <tr key={day}>
              <th scope="row">{day}</th>
              {series.map(({ label, values }) => (
                <td key={label}>{number(values[index] ?? 0)}</td>
              ))}
              <td>{number(credits[index] ?? 0)}</td>
            </tr>
          ) : null,
        )}
      </tbody>
    </table>
  );
}
