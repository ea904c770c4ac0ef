import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The folder of this package, or of another one: the nearest above `from` whose package.json has its name. Files that
 * ship beside the code (the picture worker, the model cards) are found from it, wherever the code was bundled to.
 */
export function packageRoot(from: string = __dirname, name = 'strapi-plugin-cutout'): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (isOf(name, join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) break;
  }
  throw new Error(`No package.json of ${name} was found in ${from} or above it; install the package anew.`);
}

/** The version in this package's package.json. */
export function packageVersion(): string {
  return (JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string }).version;
}

function isOf(name: string, file: string): boolean {
  if (!existsSync(file)) return false;
  return (JSON.parse(readFileSync(file, 'utf8')) as { name?: string }).name === name;
}
