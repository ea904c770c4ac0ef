import type { Pool } from '../../server/src/pool/contract';
import { photo } from './photos';
import { cut, median, memoryGb, round, type Measurement, type Setting } from './setting';

interface Split {
  workers: number;
  threads: number;
}

const splits: Split[] = [
  { workers: 2, threads: 1 },
  { workers: 1, threads: 2 },
];
const nameOf = ({ workers, threads }: Split): string => `${workers} × ${threads} thread${threads > 1 ? 's' : ''}`;

/** Pictures per second of a pool that always has the next one waiting. */
async function rate(setting: Setting, pool: Pool, { threads }: Split, source: string, count: number): Promise<number> {
  const matte = { ...setting.model, threads };
  const start = performance.now();
  await Promise.all(
    Array.from({ length: count }, (_, i) => cut(setting, pool, source, { matte, key: `throughput-${i}` })),
  );
  return (1000 * count) / (performance.now() - start);
}

/** Figure 7: two cores as two workers of one thread, or as one worker of two. */
export async function measureThroughput(setting: Setting): Promise<Measurement> {
  const [count, rounds] = setting.quick ? [4, 1] : [12, 3];
  const source = await photo(setting.folder, '1 MP');
  const pools = splits.map(({ workers }) => setting.pool(workers));
  const rates: number[][] = splits.map(() => []);
  let memory: number[] = [];
  try {
    for (let round = 0; round <= rounds; round++)
      for (const [i, split] of splits.entries()) {
        setting.say(`7: ${nameOf(split)}, ${round === 0 ? 'warm-up' : `round ${round} of ${rounds}`}`);
        const value = await rate(setting, pools[i]!, split, source, round === 0 ? split.workers * 2 : count);
        if (round > 0) rates[i]!.push(value);
      }
    memory = pools.map((pool) => pool.pids().reduce((sum, pid) => sum + memoryGb(pid, 'VmHWM'), 0));
  } finally {
    await Promise.all(pools.map((pool) => pool.destroy()));
  }
  const figures = Object.fromEntries(
    splits.map((split, i) => [nameOf(split), { perSecond: round(median(rates[i]!), 3), peakGb: round(memory[i]!, 2) }]),
  );
  return {
    title: 'Throughput at 1 MP, pictures always waiting',
    holds: null,
    figures,
    rows: Object.entries(figures).map(([name, { perSecond, peakGb }]) => [
      name,
      `${perSecond} pictures/s, ${peakGb} GB`,
      '',
    ]),
  };
}
