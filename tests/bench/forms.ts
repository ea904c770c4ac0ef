import { findCard } from '../../server/src/engines/local/cards';
import type { ModelSource } from '../../server/src/engines/local/model-source';
import { photo } from './photos';
import { cut, median, memoryGb, round, type Measurement, type Setting } from './setting';

const ROUNDS = { quick: 3, full: 9 };

/** Figure 8: the model in 8 bits and in single precision, run in turn, each in a child of its own. */
export async function measureForms(setting: Setting): Promise<Measurement> {
  const source = await photo(setting.folder, '1 MP');
  const full: ModelSource = { ...setting.model, card: findCard('isnet-fp16') };
  const sides = [
    { model: full, pool: setting.pool(), runs: [] as number[] },
    { model: setting.model, pool: setting.pool(), runs: [] as number[] },
  ];
  let remark: string | null = null;
  const peaks: number[] = [];
  try {
    for (let run = 0; run <= ROUNDS[setting.quick ? 'quick' : 'full']; run++)
      for (const side of sides) {
        setting.say(`8: ${side.model.card.id}, ${run === 0 ? 'warm-up' : `run ${run}`}`);
        const { result } = await cut(setting, side.pool, source, { matte: side.model });
        remark ??= result.remark;
        if (run > 0) side.runs.push(result.timings.run);
      }
    for (const { pool } of sides) peaks.push(round(memoryGb(pool.pids()[0]!, 'VmHWM'), 3));
  } finally {
    await Promise.all(sides.map(({ pool }) => pool.destroy()));
  }
  const [slow, fast] = sides.map(({ runs }) => round(median(runs))) as [number, number];
  const ratio = round(slow / fast, 2);
  return {
    title: 'The default model in 8 bits against the same weights in single precision, bare runs in turn',
    holds: null,
    figures: { fp16Ms: slow, int8Ms: fast, ratio, peaksGb: peaks, remark },
    rows: [
      ['isnet-fp16 / isnet-int8', `${slow} ms / ${fast} ms = ${ratio} × faster`, ''],
      ['peak of the child at 1 MP', peaks.map((peak) => `${peak} GB`).join(' / '), ''],
      ...(remark === null ? [] : ([['remark', remark, '']] as [string, string, string][])),
    ],
  };
}
