'use strict';

const path = require('node:path');
const { parseArgs } = require('node:util');

const usage = `Usage: npm run demo [-- options]

  npm run demo                              start the demo app, with sample products, and keep serving
  npm run demo -- --once PHOTO...           put photos through the running app, write their cutouts, stop

  --out DIR     where --once writes the cutouts (default: cutouts)
  --port N      port of the app (default: 1337; 0 takes a free one)
  --json        the last line on stdout is one JSON object; all else goes to stderr
  --remote      cut out by the Rembg API, emulated on this machine
  --help        this text

With REMBG_API_KEY in the environment and without --remote, the real Rembg API is used.`;

/** A mistake of the caller: its message is all that needs to be said. */
class UsageError extends Error {}

/**
 * @typedef {object} DemoOptions
 * @property {boolean} help
 * @property {string[] | null} photos As given; null without --once.
 * @property {string} base Folder that relative paths start from.
 * @property {string} outDir Absolute.
 * @property {number} port
 * @property {boolean} json
 * @property {boolean} remote
 */

/**
 * @param {string[]} argv
 * @param {NodeJS.ProcessEnv} env
 * @returns {DemoOptions}
 * @throws UsageError
 */
function parseDemoOptions(argv, env) {
  const { values, positionals } = parse(argv);
  const port = Number(values.port ?? 1337);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new UsageError(`--port: expected a number from 0 to 65535, received '${values.port}'.`);
  }
  if (values.once && positionals.length === 0)
    throw new UsageError('--once: expected at least one photo, received none.');
  if (!values.once && positionals.length > 0) {
    throw new UsageError(`Expected --once before photos, received '${positionals[0]}' without it.`);
  }
  if (values.out !== undefined && !values.once) throw new UsageError('--out: expected only together with --once.');
  // `npm run` changes to the package's folder; the caller's paths start where the caller is.
  const base = (env.npm_lifecycle_event === 'demo' && env.INIT_CWD) || process.cwd();
  return {
    help: values.help ?? false,
    photos: values.once ? positionals : null,
    base,
    outDir: path.resolve(base, values.out ?? 'cutouts'),
    port,
    json: values.json ?? false,
    remote: values.remote ?? false,
  };
}

/** @param {string[]} argv */
function parse(argv) {
  try {
    return parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        once: { type: 'boolean' },
        out: { type: 'string' },
        port: { type: 'string' },
        json: { type: 'boolean' },
        remote: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

module.exports = { parseDemoOptions, usage, UsageError };
