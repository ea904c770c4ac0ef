/**
 * `npm run kernels` compiles server/kernels to WebAssembly and writes it where the picture worker is bundled from; with
 * `--check` it only compares. The result is committed, so that building the plugin needs no compiler.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const compiler = path.join(
  path.dirname(createRequire(import.meta.url).resolve('assemblyscript/package.json')),
  'bin/asc.js',
);
const flags = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--importMemory'];
const kernels = ['alpha', 'band', 'colours', 'resample'].map((name) => ({
  source: `server/kernels/${name}.ts`,
  target: `server/src/imaging/kernels/${name}.ts`,
}));

/** @param {string} source */
function compile(source) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'cutout-kernel-'));
  try {
    const output = path.join(folder, 'kernel.wasm');
    execFileSync(process.execPath, [compiler, source, ...flags, '--outFile', output], { cwd: root });
    return readFileSync(output).toString('base64');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const check = process.argv.includes('--check');
for (const { source, target } of kernels) {
  const text = `/** ${source} as WebAssembly; made by \`npm run kernels\`. */
export const wasm =
  '${compile(source)}';
`;
  const file = path.join(root, target);
  if (!check) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text) {
    process.stderr.write(`${target} is not what ${source} compiles to: run "npm run kernels".\n`);
    process.exitCode = 1;
  }
}
