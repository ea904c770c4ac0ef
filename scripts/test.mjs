/**
 * `npm test`: from a fresh clone to a finished test run. Installs and builds what is missing, runs every test that
 * needs no outside service, says what was skipped and how to enable it, and ends with the counts.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from './lib/paths.js';
import { prepare } from './lib/prepare.js';
import { childEnv } from './lib/run.js';

/** Jest projects by weight: the first run two files at a time, the rest start whole Strapi apps, one after another. */
const groups = [
  { projects: ['unit', 'contract'], flags: ['--maxWorkers=2'] },
  { projects: ['integration', 'services', 'e2e'], flags: ['--runInBand'] },
];

const say = (/** @type {string} */ line) => void process.stdout.write(`${line}\n`);
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'cutout-test-'));
const skips = path.join(scratch, 'skips.txt');
/** Arguments are patterns of test files, as Jest takes them. */
const patterns = process.argv.slice(2);

try {
  await prepare({ say });
  const totals = { passed: 0, failed: 0, skipped: 0 };
  let ok = true;
  for (const [index, { projects, flags }] of groups.entries()) {
    const outcome = await jest(projects, flags, path.join(scratch, `${index}.json`));
    ok &&= outcome.ok;
    totals.passed += outcome.passed;
    totals.failed += outcome.failed;
    totals.skipped += outcome.skipped;
  }
  reportSkips();
  say(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
  process.exitCode = ok ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  say('0 passed, 1 failed, 0 skipped');
  process.exitCode = 1;
} finally {
  fs.rmSync(scratch, { recursive: true, force: true });
}

/**
 * @param {string[]} projects
 * @param {string[]} flags
 * @param {string} resultFile
 * @returns {Promise<{ ok: boolean, passed: number, failed: number, skipped: number }>}
 */
async function jest(projects, flags, resultFile) {
  const args = ['--experimental-vm-modules', '--no-warnings', path.join(root, 'node_modules/jest/bin/jest.js')];
  const choice = ['--selectProjects', ...projects, '--passWithNoTests', '--json', `--outputFile=${resultFile}`];
  const env = childEnv({ CUTOUT_SKIPS: skips });
  const child = spawn(process.execPath, [...args, ...choice, ...flags, ...patterns], {
    cwd: root,
    env,
    // `--json` repeats the results on stdout; the readable report goes to stderr.
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (!fs.existsSync(resultFile)) return { ok: false, passed: 0, failed: 1, skipped: 0 };
  const result = JSON.parse(fs.readFileSync(resultFile, 'utf8'));
  return {
    ok: code === 0 && result.success,
    passed: result.numPassedTests,
    // A file that could not run has no tests to count, but it failed.
    failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
    skipped: result.numPendingTests + result.numTodoTests,
  };
}

/** Tells once per reason what `tests/support/needs.ts` noted. */
function reportSkips() {
  if (!fs.existsSync(skips)) return;
  const reasons = new Set(fs.readFileSync(skips, 'utf8').trim().split('\n'));
  say('\nSkipped:');
  for (const reason of reasons) say(`  ${reason}`);
}
