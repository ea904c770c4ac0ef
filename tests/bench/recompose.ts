import { photo } from './photos';
import { cut, median, options, round, type Measurement, type Setting } from './setting';

const BARS_MS = { '1 MP': 150, '12 MP': 1200 } as const;
type Size = keyof typeof BARS_MS;

const changes = {
  colour: options({ bg_color: '#ff8800' }),
  size: options({ w: 800 }),
  format: options({ format: 'png' }),
  unchanged: options(),
};

async function recompose(setting: Setting, size: Size): Promise<Record<string, number>> {
  const pool = setting.pool();
  try {
    const source = await photo(setting.folder, size);
    const { result } = await cut(setting, pool, source, { writeMatte: true });
    const matte = { kind: 'file' as const, path: result.matte.file!.path };
    const medians: Record<string, number> = {};
    for (const [name, compose] of Object.entries(changes)) {
      setting.say(`3: ${size}, ${name}`);
      const times: number[] = [];
      for (let run = 0; run <= (setting.quick ? 3 : 7); run++) {
        const timed = await cut(setting, pool, source, { matte, options: compose, key: 'recomposed' });
        if (timed.result.timings.run !== 0)
          throw new Error('Expected no model run while recomposing, but one happened.');
        if (run > 0) times.push(timed.ms);
      }
      medians[name] = round(median(times));
    }
    return medians;
  } finally {
    await pool.destroy();
  }
}

/** Figure 3: from a stored matte of full size to another colour, size and format, without a model run. */
export async function measureRecompose(setting: Setting): Promise<Measurement> {
  const figures: Record<string, Record<string, number>> = {};
  const rows: [string, string, string][] = [];
  for (const size of Object.keys(BARS_MS) as Size[]) {
    const medians = await recompose(setting, size);
    figures[size] = medians;
    for (const [name, ms] of Object.entries(medians))
      rows.push([`${size}: ${name}`, `${ms} ms`, `≤ ${BARS_MS[size]} ms`]);
  }
  const holds = Object.entries(figures).every(([size, medians]) =>
    Object.values(medians).every((ms) => ms <= BARS_MS[size as Size]),
  );
  return { title: 'Recompose from a stored matte, file in to file out', holds, figures, rows };
}
