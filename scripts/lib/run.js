'use strict';

const { spawn } = require('node:child_process');

/**
 * Environment for children: the ONNX runtime's install step would fetch CUDA files that the CPU engine does not use,
 * and flags meant for this process (Jest's, a debugger's) are not for them.
 * @param {NodeJS.ProcessEnv} [extra]
 * @returns {NodeJS.ProcessEnv}
 */
function childEnv(extra = {}) {
  const { NODE_OPTIONS: _options, NODE_ENV: _mode, JEST_WORKER_ID: _worker, ...own } = process.env;
  return { ...own, ONNXRUNTIME_NODE_INSTALL: 'skip', STRAPI_TELEMETRY_DISABLED: 'true', ...extra };
}

/**
 * Runs a command to its end and returns its output, which is shown only when it fails.
 * @param {string} title What the command is for, as an error names it.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, timeoutMs: number, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<string>}
 */
function run(title, command, args, { cwd, timeoutMs, env }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: childEnv(env), stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    /** @param {Buffer} chunk */
    const keep = (chunk) => {
      output = (output + chunk.toString()).slice(-200_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(new Error(`${title}: ${command} could not be started: ${error.message}`));
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) return resolve(output);
      const how = code === null ? `was ended by ${signal} (limit ${timeoutMs / 1000} s)` : `ended with code ${code}`;
      const tail = output.trim().split('\n').slice(-60).join('\n');
      reject(new Error(`${title}: \`${[command, ...args].join(' ')}\` ${how}.\n${tail}`));
    });
  });
}

/**
 * npm as this process was started by it, or the one on the path.
 * @param {string[]} args
 * @returns {[string, string[]]}
 */
function npm(args) {
  const own = process.env.npm_execpath;
  return own?.endsWith('.js') ? [process.execPath, [own, ...args]] : ['npm', args];
}

module.exports = { childEnv, npm, run };
