import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import paths from '../../scripts/lib/paths';

/** What a copy of the app has of its own; its packages and its plugin are the repository's. */
const copied = ['package.json', 'src', 'build', 'config'];

export interface AppCopy {
  dir: string;
  remove(): void;
}

/**
 * A copy of the test app whose schemas may change and which `strapi develop` can run. It lies outside the repository,
 * where no tsconfig.json above it makes Strapi take it for a TypeScript app and empty its folders.
 */
export function copyApp(): AppCopy {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'cutout-app-'));
  for (const name of copied) cpSync(path.join(paths.app, name), path.join(dir, name), { recursive: true });
  // The original finds the plugin by its own place.
  for (const name of readdirSync(path.join(paths.app, 'config'))) {
    const original = JSON.stringify(path.join(paths.app, 'config', name));
    writeFileSync(path.join(dir, 'config', name), `module.exports = require(${original});\n`);
  }
  symlinkSync(path.join(paths.root, 'node_modules'), path.join(dir, 'node_modules'), 'dir');
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}
