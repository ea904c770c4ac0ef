'use strict';

const { fork } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');
const paths = require('../paths');
const { childEnv } = require('../run');

/**
 * Which engine the product's fields use, as environment of the app.
 * @param {boolean} remote Whether `--remote` was given.
 * @param {(line: string) => void} say
 * @param {(stop: () => Promise<void>) => void} onStop Takes what must be ended with the demo.
 * @returns {Promise<NodeJS.ProcessEnv>}
 */
async function engineEnv(remote, say, onStop) {
  if (remote) return { CUTOUT_ENGINE: 'remote', ...(await startEmulator(say, onStop)) };
  const { REMBG_API_KEY, REMBG_API_URL, REMBG_ACCOUNT_URL } = process.env;
  if (!REMBG_API_KEY) return {};
  say('REMBG_API_KEY is set: the real Rembg API cuts out, each photo costs a credit.');
  return { CUTOUT_ENGINE: 'remote', REMBG_API_KEY, REMBG_API_URL, REMBG_ACCOUNT_URL };
}

/**
 * Starts the emulated Rembg service beside the app, in a process of its own.
 * @param {(line: string) => void} say
 * @param {(stop: () => Promise<void>) => void} onStop
 * @returns {Promise<NodeJS.ProcessEnv>}
 */
async function startEmulator(say, onStop) {
  say('Starting the Rembg emulator …');
  const child = fork(path.join(paths.root, 'scripts/run-ts.mjs'), ['tests/rembg-server/main.ts', '--json'], {
    cwd: paths.root,
    detached: true,
    execArgv: ['--require', require.resolve('../exit-with-parent')],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: childEnv(),
  });
  const ended = once(child, 'close');
  onStop(async () => {
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(late);
  });
  const { apiUrl, accountUrl, apiKey } = JSON.parse(await firstLine(child, 120_000));
  say(`Rembg emulator at ${apiUrl}, key ${apiKey}`);
  return { REMBG_API_KEY: apiKey, REMBG_API_URL: apiUrl, REMBG_ACCOUNT_URL: accountUrl };
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {number} timeoutMs
 * @returns {Promise<string>}
 */
function firstLine(child, timeoutMs) {
  return new Promise((resolve, reject) => {
    let output = '';
    let errors = '';
    const fail = () => reject(new Error(`The Rembg emulator did not start.\n${errors || output}`));
    const timer = setTimeout(fail, timeoutMs);
    child.stderr?.on('data', (chunk) => (errors = (errors + chunk).slice(-10_000)));
    child.stdout?.on('data', (chunk) => {
      output += chunk;
      if (output.includes('\n')) resolve(output.slice(0, output.indexOf('\n')));
    });
    child.once('close', fail);
    child.stdout?.once('data', () => clearTimeout(timer));
  });
}

module.exports = { engineEnv };
