/**
 * Runs a TypeScript entry of this repository: `node scripts/run-ts.mjs tests/bench/run.ts --json`. It is bundled to one
 * CommonJS file under `.cutout/run` (packages stay outside), so it may import server code but not await at top level.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const [entry, ...args] = process.argv.slice(2);
if (!entry) {
  console.error('run-ts: expected the path of a TypeScript file.');
  process.exit(1);
}

/** Plain JavaScript of this folder stays where it is: it finds its neighbours by their paths. */
const plainScripts = {
  name: 'plain-scripts',
  setup(/** @type {import('esbuild').PluginBuild} */ bundle) {
    bundle.onResolve({ filter: /scripts\/lib\// }, ({ path: target, resolveDir }) => ({
      path: path.resolve(resolveDir, target),
      external: true,
    }));
  },
};

const source = path.resolve(entry);
const name = path.relative(root, source).replace(/[^a-zA-Z0-9]+/g, '-');
const outfile = path.join(root, '.cutout', 'run', `${name}-${process.pid}.cjs`);
await build({
  entryPoints: [source],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  packages: 'external',
  plugins: [plainScripts],
  sourcemap: 'inline',
  logLevel: 'error',
});

process.on('exit', () => createRequire(import.meta.url)('node:fs').rmSync(outfile, { force: true }));
process.argv = [process.execPath, source, ...args];
process.setSourceMapsEnabled(true);
createRequire(import.meta.url)(outfile);
