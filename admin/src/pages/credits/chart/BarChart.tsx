import { useEffect, useRef } from 'react';

import { BarController, BarElement, CategoryScale, Chart, LinearScale, Tooltip } from 'chart.js';
import { useTheme } from 'styled-components';

Chart.register(BarController, BarElement, CategoryScale, LinearScale, Tooltip);

export interface BarChartProps {
  label: string;
  days: string[];
  series: { label: string; colour: string; values: number[] }[];
}

/** Stacked bars by day, in the theme's colours. What it shows is told by a table beside it. */
export default function BarChart({ label, days, series }: BarChartProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { colors } = useTheme();
  useEffect(() => {
    if (!canvas.current) return undefined;
    const ticks = { color: colors.neutral600 };
    const chart = new Chart(canvas.current, {
      type: 'bar',
      data: {
        labels: days,
        datasets: series.map(({ label: name, colour, values }) => ({
          label: name,
          data: values,
          backgroundColor: colour,
          maxBarThickness: 28,
        })),
      },
      options: {
        animation: false,
        maintainAspectRatio: false,
        interaction: { mode: 'index', intersect: false },
        scales: {
          x: { stacked: true, grid: { display: false }, border: { color: colors.neutral200 }, ticks },
          y: {
            stacked: true,
            beginAtZero: true,
            suggestedMax: 4,
            grid: { color: colors.neutral200 },
            border: { display: false },
            ticks: { ...ticks, precision: 0 },
          },
        },
      },
    });
    return () => chart.destroy();
  }, [days, series, colors]);
  return <canvas ref={canvas} role="img" aria-label={label} />;
}
