'use strict';

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const paths = require('./paths');
const { childEnv } = require('./run');

/** @typedef {{ ok: boolean, passed: number, failed: number, skipped: number }} Outcome */

/**
 * Runs Jest to its end; its readable report goes to stderr.
 * @param {string[]} args Projects, flags and patterns, as Jest takes them.
 * @param {string} resultFile Where its counts are written.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Outcome>}
 */
async function jest(args, resultFile, env) {
  const node = ['--experimental-vm-modules', '--no-warnings', path.join(paths.root, 'node_modules/jest/bin/jest.js')];
  const report = ['--passWithNoTests', '--json', `--outputFile=${resultFile}`];
  const child = spawn(process.execPath, [...node, ...report, ...args], {
    cwd: paths.root,
    env: childEnv(env),
    // `--json` repeats the results on stdout.
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

/** @param {Outcome[]} outcomes @returns {Outcome} */
function sum(outcomes) {
  /** @param {'passed' | 'failed' | 'skipped'} what */
  const total = (what) => outcomes.reduce((count, outcome) => count + outcome[what], 0);
  const ok = outcomes.every((outcome) => outcome.ok);
  return { ok, passed: total('passed'), failed: total('failed'), skipped: total('skipped') };
}

/** The line that every test command ends with. @param {Outcome} outcome */
const countLine = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`;

module.exports = { countLine, jest, sum };
