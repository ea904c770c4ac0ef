'use strict';

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const paths = require('./paths');
const { childEnv } = require('./run');

/** @typedef {{ ok: boolean, passed: number, failed: number, skipped: number, unsteady: string[] }} Outcome */
/** @typedef {{ projects: string[], workers: number, patterns: string[] }} Tests Patterns of files, as Jest takes them. */
/** @typedef {{ name: string, status: string, assertionResults: { status: string }[] }} FileResult */

/** More failed files than these have a cause in common, which a second run would only hide. */
const MOST_AGAIN = 3;
/** Money, and what happens at once: in these tests a rare failure is the defect they look for. */
const DECISIVE = /money|remote-|paid|live-key|races|chaos|storm|crash|locks|job-queue|claim|kill/;

/**
 * Runs Jest to its end; its readable report goes to stderr. The few files that fail beside the others are run once more
 * alone, unless a rare failure is what they are for; those that pass then are told in `unsteady`.
 * @param {Tests} tests
 * @param {string} resultFile Where its counts are written.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Outcome>}
 */
async function jest({ projects, workers, patterns }, resultFile, env) {
  const select = ['--selectProjects', ...projects];
  const first = await runJest([...select, `--maxWorkers=${workers}`, ...patterns], resultFile, env);
  if (first === null) return { ok: false, passed: 0, failed: 1, skipped: 0, unsteady: [] };
  const failed = first.files.filter(({ status }) => status === 'failed').map(({ name }) => name);
  if (
    first.ok ||
    failed.length === 0 ||
    failed.length > MOST_AGAIN ||
    failed.some((name) => DECISIVE.test(inRepository(name)))
  ) {
    return { ok: first.ok, ...counted(first.files), unsteady: [] };
  }
  process.stderr.write(`\nOnce more, alone:\n${failed.map((name) => `  ${inRepository(name)}\n`).join('')}\n`);
  const again = await runJest([...select, '--runInBand', '--runTestsByPath', ...failed], `${resultFile}.again`, env);
  if (again === null) return { ok: false, ...counted(first.files), unsteady: [] };
  const files = [...first.files.filter(({ status }) => status !== 'failed'), ...again.files];
  return { ok: again.ok, ...counted(files), unsteady: again.ok ? failed.map(inRepository) : [] };
}

/**
 * @param {string[]} args
 * @param {string} resultFile
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ ok: boolean, files: FileResult[] } | null>} `null` when it wrote no result
 */
async function runJest(args, resultFile, env) {
  const node = ['--experimental-vm-modules', '--no-warnings', path.join(paths.root, 'node_modules/jest/bin/jest.js')];
  const report = ['--passWithNoTests', '--json', `--outputFile=${resultFile}`];
  const child = spawn(process.execPath, [...node, ...report, ...args], {
    cwd: paths.root,
    env: childEnv(env),
    // `--json` repeats the results on stdout.
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (!fs.existsSync(resultFile)) return null;
  const { success, testResults } = JSON.parse(fs.readFileSync(resultFile, 'utf8'));
  return { ok: code === 0 && success, files: testResults };
}

/** @param {string} file */
const inRepository = (file) => path.relative(paths.root, file);

/** @param {FileResult[]} files */
function counted(files) {
  /** @param {string[]} states */
  const tests = (...states) =>
    files.reduce((sum, file) => sum + file.assertionResults.filter(({ status }) => states.includes(status)).length, 0);
  // A file that could not run, or not clean up, has no failed test to count, but it failed.
  const broken = files.filter(
    (file) => file.status === 'failed' && file.assertionResults.every(({ status }) => status !== 'failed'),
  ).length;
  return { passed: tests('passed'), failed: tests('failed') + broken, skipped: tests('pending', 'todo', 'skipped') };
}

/** @param {Outcome[]} outcomes @returns {Outcome} */
function sum(outcomes) {
  /** @param {'passed' | 'failed' | 'skipped'} what */
  const total = (what) => outcomes.reduce((count, outcome) => count + outcome[what], 0);
  const ok = outcomes.every((outcome) => outcome.ok);
  const unsteady = outcomes.flatMap((outcome) => outcome.unsteady);
  return { ok, passed: total('passed'), failed: total('failed'), skipped: total('skipped'), unsteady };
}

/** Names the files that passed alone only. @param {(line: string) => void} say @param {Outcome} outcome */
function reportUnsteady(say, { unsteady }) {
  if (unsteady.length === 0) return;
  say('\nUnsteady: failed beside the others, passed alone. Their first failure is told above.');
  for (const file of unsteady) say(`  ${file}`);
}

/** The line that every test command ends with. @param {Outcome} outcome */
const countLine = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`;

module.exports = { countLine, jest, reportUnsteady, sum };
