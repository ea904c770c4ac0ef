'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { withLock } = require('./lock');
const paths = require('./paths');
const { npm, run } = require('./run');
const { hashOf, isFresh, stamp } = require('./stamp');

/** @typedef {(line: string) => void} Say */

const manifest = () => JSON.parse(fs.readFileSync(path.join(paths.root, 'package.json'), 'utf8'));

/** Files that the entries of `exports` and `bin` promise, except those that are no build output, and the reference page. */
function pluginOutputs() {
  const { exports: entries, bin = {} } = manifest();
  const targets = Object.values(entries).flatMap((entry) =>
    typeof entry === 'string' ? [entry] : [entry.import, entry.require],
  );
  return [...targets, ...Object.values(bin), 'dist/reference/page.html'].filter(
    (file) => typeof file === 'string' && file.includes('dist/'),
  );
}

const pluginBuild = () => ({
  name: 'plugin',
  inputs: ['server', 'admin', 'tsconfig.json', 'package.json'],
  outputs: pluginOutputs(),
});

const adminBuild = () => ({
  name: 'admin',
  inputs: ['dist/admin', 'tests/app/config', 'tests/app/src/admin', 'tests/app/package.json', 'package-lock.json'],
  outputs: ['tests/app/build/index.html'],
});

/** @throws Error where this Node is older than what the plugin, and Strapi with it, runs on. */
function requireNode() {
  const least = /\d+\.\d+\.\d+/.exec(manifest().engines.node)?.[0] ?? '';
  if (process.versions.node.localeCompare(least, 'en', { numeric: true }) >= 0) return;
  throw new Error(`Node ${least} or newer is needed, this is ${process.versions.node}.`);
}

/** Packages of the lock file that are not installed in its version; optional ones depend on the platform. */
function missingPackages() {
  /** @param {string} file */
  const packagesOf = (file) => {
    const full = path.join(paths.root, file);
    return fs.existsSync(full) ? JSON.parse(fs.readFileSync(full, 'utf8')).packages : {};
  };
  const wanted = packagesOf('package-lock.json');
  const installed = packagesOf('node_modules/.package-lock.json');
  return Object.entries(wanted)
    .filter(([where, { optional, devOptional, peer, link }]) => where && !optional && !devOptional && !peer && !link)
    .filter(([where, { version }]) => installed[where]?.version !== version)
    .map(([where]) => where.replace(/^.*node_modules\//, ''));
}

/** @param {Say} say */
async function install(say) {
  const missing = missingPackages();
  if (missing.length === 0) return;
  await timed(say, `Installing packages (${missing.length} missing or outdated)`, async () => {
    const [command, args] = npm(['ci', '--no-audit', '--no-fund']);
    await run('Installing', command, args, { cwd: paths.root, timeoutMs: 20 * 60_000 });
  });
}

/**
 * @param {Say} say
 * @param {string} title
 * @param {{ name: string, inputs: string[], outputs: string[] }} step
 * @param {() => Promise<unknown>} build
 */
async function buildIfStale(say, title, step, build) {
  if (isFresh(step)) return;
  const hash = hashOf(step.inputs);
  await timed(say, title, build);
  stamp(step.name, hash);
}

/** Strapi's command as an app finds it: its own copy, or one above it. @param {string} appDir */
const strapiBin = (appDir) =>
  path.join(path.dirname(require.resolve('@strapi/strapi/package.json', { paths: [appDir] })), 'bin/strapi.js');

/**
 * Brings a checkout to where the app can start: packages, `dist/` and, if wanted, the app's admin panel. Does only
 * what is missing or older than its inputs.
 * @param {{ say: Say, admin?: boolean }} options
 */
async function prepare({ say, admin = true }) {
  requireNode();
  await withLock(path.join(paths.cache, 'prepare.lock'), async () => {
    await install(say);
    await buildIfStale(say, 'Building the plugin', pluginBuild(), () => {
      const [command, args] = npm(['run', 'build']);
      return run('Building the plugin', command, args, { cwd: paths.root, timeoutMs: 5 * 60_000 });
    });
    if (!admin) return;
    await buildIfStale(say, "Building the app's admin panel", adminBuild(), () =>
      run('Building the admin panel', process.execPath, [strapiBin(paths.app), 'build'], {
        cwd: paths.app,
        timeoutMs: 10 * 60_000,
        env: { NODE_ENV: 'production' },
      }),
    );
  });
}

/**
 * @param {Say} say
 * @param {string} title
 * @param {() => Promise<unknown>} work
 */
async function timed(say, title, work) {
  say(`${title} …`);
  const start = Date.now();
  await work();
  say(`${title}: ${((Date.now() - start) / 1000).toFixed(0)} s`);
}

module.exports = { prepare, strapiBin };
