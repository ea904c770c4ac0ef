/**
 * `npm test`: from a fresh clone to a finished test run. Installs and builds what is missing, runs every test that
 * needs no outside service, says what was skipped and how to enable it, and ends with the counts.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { countLine, jest, reportUnsteady, sum } from './lib/jest.js';
import { prepare } from './lib/prepare.js';

/**
 * Jest projects by weight. Those of a running app wait much, so that three files at a time fill two cores; an installation
 * has the machine to itself.
 */
const groups = [
  { projects: ['unit', 'contract'], workers: 2 },
  { projects: ['integration'], workers: 3 },
  { projects: ['e2e'], workers: 2 },
  { projects: ['services'], workers: 1 },
];

const say = (/** @type {string} */ line) => void process.stdout.write(`${line}\n`);
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'cutout-test-'));
const skips = path.join(scratch, 'skips.txt');
/** Arguments are patterns of test files, as Jest takes them. */
const patterns = process.argv.slice(2);

try {
  await prepare({ say });
  const outcomes = [];
  for (const [index, group] of groups.entries()) {
    // On SQLite, whatever the caller's environment names: a server is `npm run test:services`.
    const env = { CUTOUT_SKIPS: skips, CUTOUT_TEST_DB: 'sqlite' };
    outcomes.push(await jest({ ...group, patterns }, path.join(scratch, `${index}.json`), env));
  }
  const total = sum(outcomes);
  reportSkips();
  reportUnsteady(say, total);
  say(countLine(total));
  process.exitCode = total.ok ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  say('0 passed, 1 failed, 0 skipped');
  process.exitCode = 1;
} finally {
  fs.rmSync(scratch, { recursive: true, force: true });
}

/** Tells once per reason what `tests/support/needs.ts` noted. */
function reportSkips() {
  if (!fs.existsSync(skips)) return;
  const reasons = new Set(fs.readFileSync(skips, 'utf8').trim().split('\n'));
  say('\nSkipped:');
  for (const reason of reasons) say(`  ${reason}`);
}
