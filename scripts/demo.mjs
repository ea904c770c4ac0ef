/**
 * The demo: the plugin in a real Strapi app, from a fresh clone with nothing but Node and npm. `--help` says how.
 * Nothing outside Node itself may be imported before `prepare` has installed the packages.
 */
import fs from 'node:fs';
import path from 'node:path';
import { startApp } from './lib/app.js';
import { openSession } from './lib/client.js';
import { parseDemoOptions, usage, UsageError } from './lib/demo/options.js';
import { cutPhoto, failed, outputNames, problemOf } from './lib/demo/photos.js';
import { engineEnv } from './lib/demo/engine.js';
import { addSamples } from './lib/demo/samples.js';
import { freePort, isFree } from './lib/port.js';
import { prepare } from './lib/prepare.js';

/** @typedef {import('./lib/demo/photos.js').PhotoResult} PhotoResult */

const options = readOptions();
const say = (/** @type {string} */ line) => void (options.json ? process.stderr : process.stdout).write(`${line}\n`);
/** Undone in reverse order at the end, however the demo ends. @type {(() => unknown)[]} */
const cleanups = [];
let serving = false;

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => void finish(serving ? 0 : 130));
}
try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  await finish(1);
}

function readOptions() {
  try {
    const parsed = parseDemoOptions(process.argv.slice(2), process.env);
    if (!parsed.help) return parsed;
    process.stdout.write(`${usage}\n`);
    process.exit(0);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${usage}\n`);
    process.exit(1);
  }
}

async function main() {
  const inputs = (options.photos ?? []).map((input) => {
    const file = path.resolve(options.base, input);
    const problem = problemOf(file);
    if (problem) process.stderr.write(`${input}: ${problem}\n`);
    return { input, file, problem: problem === null ? null : failed(input, problem) };
  });
  if (inputs.length > 0 && inputs.every(({ problem }) => problem)) {
    report({ url: null, admin: null, token: null, results: inputs.map(({ problem }) => problem) });
    return finish(1);
  }

  const port = options.port || (await freePort());
  if (!(await isFree(port))) {
    throw new Error(`Port ${port} is in use: end the program that listens there, or choose another with --port N.`);
  }
  await prepare({ say });
  const { url, exited, log } = await start(port);
  const session = await openSession(url);
  const access = { url, admin: session.admin, token: session.token };
  if (options.photos) return finish(await runOnce(session, access, inputs));

  const results = await addSamples(session, say);
  printAccess(access);
  report({ ...access, results });
  serving = true;
  say('\nServing until Ctrl-C.');
  const { code, signal } = await exited;
  if (cleanups.length > 0) throw new Error(`Strapi ended (${signal ?? `code ${code}`}):\n${log().slice(-3000)}`);
}

/** @param {number} port */
async function start(port) {
  const env = await engineEnv(options.remote, say, (stop) => cleanups.push(stop));
  say('Starting Strapi …');
  const app = await startApp({ port, env });
  cleanups.push(app.remove, app.stop);
  return app;
}

/**
 * @param {import('./lib/client.js').Session} session
 * @param {{ url: string, admin: { email: string, password: string }, token: string }} access
 * @param {{ input: string, file: string, problem: PhotoResult | null }[]} inputs
 * @returns {Promise<number>} The exit code.
 */
async function runOnce(session, access, inputs) {
  fs.mkdirSync(options.outDir, { recursive: true });
  const nameOf = outputNames(options.outDir);
  const results = [];
  for (const { input, file, problem } of inputs) {
    const result = problem ?? (await cutPhoto(session, input, file, nameOf(input)));
    results.push(result);
    if (result.output) {
      say(`${input}: ${path.relative(options.base, result.output)}  ${result.ms} ms  ${result.engine} ${result.model}`);
    } else if (!problem) process.stderr.write(`${input}: ${result.reason}\n`);
  }
  report({ ...access, results });
  return results.every(({ status }) => status === 'ready') ? 0 : 1;
}

/** @param {{ url: string, admin: { email: string, password: string }, token: string }} access */
function printAccess({ url, admin, token }) {
  say(`
Admin      ${url}/admin
E-mail     ${admin.email}
Password   ${admin.password}
API token  ${token}

Try        curl -H 'Authorization: Bearer ${token}' '${url}/api/products?populate=*'`);
}

/** @param {object} summary */
function report(summary) {
  if (options.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
}

/** Ends what was started, then this process. @param {number} code */
async function finish(code) {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  process.exit(code);
}
