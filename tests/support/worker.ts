import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildSync } from 'esbuild';
import { packageRoot } from '../../server/src/package-root';

/**
 * The picture worker built from the sources as they are now, so that a test never runs yesterday's `dist`. Each caller
 * names its own file: test files run side by side.
 */
export function buildWorker(name: string): string {
  const root = packageRoot(__dirname);
  const outfile = join(root, 'node_modules', '.cache', 'cutout-tests', name, 'worker.js');
  mkdirSync(dirname(outfile), { recursive: true });
  buildSync({
    entryPoints: [join(root, 'server', 'src', 'pool', 'worker.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
  });
  return outfile;
}
