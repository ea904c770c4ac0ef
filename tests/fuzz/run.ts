import path from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../scripts/lib/paths';
import { exactly, record, table, told } from '../proof/report';
import { fuzz } from './fuzz';

/**
 * `npm run fuzz -- --minutes 10 --seed 1`: prints each new finding with the seed that repeats it, and the counts. A run
 * of ten minutes and more is recorded.
 */
const RECORDED_FROM_MINUTES = 10;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string' },
      seed: { type: 'string' },
      target: { type: 'string' },
      only: { type: 'string' },
    },
  });
  const minutes = Number(values.minutes ?? 10);
  const seed = Number(values.only ?? values.seed ?? Math.floor(Math.random() * 1e9));
  if (!(minutes > 0) || !Number.isInteger(seed))
    throw new Error('Expected --minutes above 0 and a whole number as --seed.');
  console.log(`seed ${seed}, ${minutes} minutes`);
  const { executions, findings } = await fuzz({
    seed,
    executions: values.only === undefined ? Infinity : 1,
    ms: minutes * 60_000,
    target: values.target,
    keepIn: path.join(root, '.cutout', 'fuzz'),
    onFinding: ({ target, seed: found, what }) =>
      console.log(`${target}: ${what}\n  --target "${target}" --only ${found}`),
  });
  const counts = [
    ...Object.entries(executions).map(([name, count]) => told(`${name}: inputs`, count)),
    exactly('findings', findings.length, 0),
    told('seed', seed),
    told('minutes', minutes),
  ];
  console.log(table(counts));
  if (minutes >= RECORDED_FROM_MINUTES) record('Hostile files and texts', 'npm run fuzz', counts);
  if (findings.length > 0) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
