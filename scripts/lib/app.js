'use strict';

const { fork } = require('node:child_process');
const { randomBytes } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const { databaseEnv } = require('./database');
const { isAlive } = require('./lock');
const paths = require('./paths');
const { freePort } = require('./port');
const { strapiBin } = require('./prepare');
const { childEnv } = require('./run');

/**
 * @typedef {object} AppOptions
 * @property {number} [port] A free one when left out.
 * @property {string} [dataDir] Folder with the database (or its address, see lib/database) and the uploads; a new one
 *   when left out. Starting again on the same folder continues with its data and keys.
 * @property {string} [appDir] Another Strapi app than the repository's own.
 * @property {string[]} [command] For Strapi's command line; left out, it starts.
 * @property {NodeJS.ProcessEnv} [env] Further environment of Strapi.
 * @property {string[]} [require] Modules to load into Strapi's process first.
 * @property {number} [timeoutMs] Until it answers; 120 s when left out.
 */

/**
 * @typedef {object} App
 * @property {string} url
 * @property {number} port
 * @property {number} pid
 * @property {string} dataDir
 * @property {string} publicDir
 * @property {import('node:child_process').ChildProcess} process
 * @property {Promise<{ code: number | null, signal: NodeJS.Signals | null }>} exited
 * @property {() => string} log What Strapi has printed, its last 200 KB.
 * @property {() => Promise<void>} stop Ends it as Ctrl-C does, by force after 20 s.
 * @property {() => Promise<void>} kill `kill -9`.
 * @property {() => void} remove Deletes its data.
 */

const START = require.resolve('./start-strapi');
const SECRETS = [
  'APP_KEYS',
  'ADMIN_JWT_SECRET',
  'API_TOKEN_SALT',
  'TRANSFER_TOKEN_SALT',
  'ENCRYPTION_KEY',
  'JWT_SECRET',
];

/** Keys of one instance, made once and kept beside its database. @param {string} dataDir */
function secretsOf(dataDir) {
  const file = path.join(dataDir, 'secrets.json');
  if (!fs.existsSync(file)) {
    const secrets = Object.fromEntries(SECRETS.map((name) => [name, randomBytes(32).toString('base64url')]));
    fs.writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 });
  }
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}

/** Deletes what instances left behind whose process was killed. */
function pruneInstances() {
  if (!fs.existsSync(paths.instances)) return;
  for (const name of fs.readdirSync(paths.instances)) {
    const owner = Number(/^run-(\d+)-/.exec(name)?.[1]);
    if (owner && !isAlive(owner)) fs.rmSync(path.join(paths.instances, name), { recursive: true, force: true });
  }
}

/** A new folder for one instance, named after this process. */
function newDataDir() {
  pruneInstances();
  fs.mkdirSync(paths.instances, { recursive: true });
  return fs.mkdtempSync(path.join(paths.instances, `run-${process.pid}-`));
}

/** @param {number} port @param {string} dataDir @param {AppOptions} options @param {NodeJS.ProcessEnv} database */
function spawnStrapi(port, dataDir, { appDir = paths.app, command, env = {}, require: modules = [] }, database) {
  const publicDir = path.join(dataDir, 'public');
  fs.mkdirSync(path.join(publicDir, 'uploads'), { recursive: true });
  // A key in the caller's environment is not used, and nothing is paid, unless the options hand it on.
  const { REMBG_API_KEY: _key, REMBG_API_URL: _api, REMBG_ACCOUNT_URL: _account, ...base } = childEnv();
  const preload = [require.resolve('./exit-with-parent'), ...modules].flatMap((file) => ['--require', file]);
  const ownApp = command === undefined && appDir === paths.app;
  return fork(ownApp ? START : strapiBin(appDir), ownApp ? [] : (command ?? ['start']), {
    cwd: appDir,
    // Its own process group: Ctrl-C reaches this process alone, which then stops Strapi in order.
    detached: true,
    execArgv: preload,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      ...base,
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: String(port),
      PUBLIC_DIR: publicDir,
      ...database,
      ...secretsOf(dataDir),
      ...env,
    },
  });
}

/**
 * Starts Strapi in production mode and waits until it answers.
 * @param {AppOptions} [options]
 * @returns {Promise<App>}
 * @throws Error with Strapi's own last words when it ends or does not answer in time.
 */
async function startApp(options = {}) {
  const port = options.port ?? (await freePort());
  const dataDir = options.dataDir ?? newDataDir();
  const url = `http://127.0.0.1:${port}`;
  const child = spawnStrapi(port, dataDir, options, options.env?.DATABASE_CLIENT ? {} : await databaseEnv(dataDir));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => (output = (output + chunk).slice(-200_000)));
  }
  /** @type {App['exited']} */
  const exited = new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));
  const isRunning = () => child.exitCode === null && child.signalCode === null;

  /** @param {NodeJS.Signals} signal @param {number} graceMs */
  const end = async (signal, graceMs) => {
    if (isRunning()) child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), graceMs);
    await exited;
    clearTimeout(late);
  };
  const app = {
    url,
    port,
    pid: child.pid ?? 0,
    dataDir,
    publicDir: path.join(dataDir, 'public'),
    process: child,
    exited,
    log: () => output,
    stop: () => end('SIGTERM', 20_000),
    kill: () => end('SIGKILL', 1000),
    remove: () => fs.rmSync(dataDir, { recursive: true, force: true }),
  };
  try {
    await waitUntilHealthy(app, isRunning, options.timeoutMs ?? 120_000);
  } catch (error) {
    if (!options.dataDir) app.remove();
    throw error;
  }
  return app;
}

/** @param {App} app @param {() => boolean} isRunning @param {number} timeoutMs */
async function waitUntilHealthy(app, isRunning, timeoutMs) {
  const deadline = Date.now() + timeoutMs;
  while (!(await answers(app.url))) {
    const late = Date.now() > deadline;
    if (isRunning() && !late) {
      await sleep(100);
      continue;
    }
    await app.kill();
    const why = late ? `did not answer within ${timeoutMs / 1000} s` : 'ended while it was starting';
    throw new Error(`Strapi ${why}:\n${app.log().trim().split('\n').slice(-30).join('\n')}`);
  }
}

/** @param {string} url */
async function answers(url) {
  try {
    const response = await fetch(`${url}/_health`, { signal: AbortSignal.timeout(2000) });
    return response.status === 204;
  } catch {
    return false;
  }
}

module.exports = { newDataDir, startApp };
