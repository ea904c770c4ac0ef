import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { measureEdges } from './edges';
import { measureForms } from './forms';
import { measureMemory } from './memory';
import { measureParity } from './parity';
import { measureRecompose } from './recompose';
import { machine, markdown, table, type Report } from './report';
import { createSetting, type Setting } from './setting';
import { measureSpeed } from './speed';
import { measureThroughput } from './throughput';

/**
 * `npm run bench` prints a table of every figure and writes RESULTS.md. `-- --json` prints one object instead, each
 * figure by its number; `--quick` takes fewer runs; `--only 3,5` measures those and writes no file.
 */

const sections: { numbers: string[]; measure: (setting: Setting) => Promise<Report> }[] = [
  {
    numbers: ['1', '2'],
    measure: async (setting) => {
      const { againstPeer, overhead } = await measureSpeed(setting);
      return { 1: againstPeer, 2: overhead };
    },
  },
  { numbers: ['3'], measure: async (setting) => ({ 3: await measureRecompose(setting) }) },
  { numbers: ['4'], measure: async (setting) => ({ 4: await measureMemory(setting) }) },
  { numbers: ['5'], measure: async (setting) => ({ 5: await measureEdges(setting) }) },
  { numbers: ['6'], measure: async (setting) => ({ 6: await measureParity(setting) }) },
  { numbers: ['7'], measure: async (setting) => ({ 7: await measureThroughput(setting) }) },
  { numbers: ['8'], measure: async (setting) => ({ 8: await measureForms(setting) }) },
];

function asked(only: string | undefined): typeof sections {
  if (only === undefined) return sections;
  const wanted = only.split(',').map((number) => number.trim());
  const unknown = wanted.find((number) => !sections.some(({ numbers }) => numbers.includes(number)));
  if (unknown !== undefined) throw new Error(`Expected figures 1…8 for --only, received "${unknown}".`);
  return sections.filter(({ numbers }) => numbers.some((number) => wanted.includes(number)));
}

async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { json: { type: 'boolean' }, quick: { type: 'boolean' }, only: { type: 'string' } },
  });
  const { json = false, quick = false, only } = values;
  const chosen = asked(only);
  const setting = await createSetting(quick, (line) => process.stderr.write(`${line}\n`));
  const facts = machine(setting.root);
  const report: Report = {};
  for (const { measure } of chosen) Object.assign(report, await measure(setting));

  if (only === undefined)
    writeFileSync(path.join(setting.root, 'tests', 'bench', 'RESULTS.md'), markdown(report, { quick, facts }));
  console.log(json ? JSON.stringify({ machine: facts, quick, figures: report }) : table(report));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
