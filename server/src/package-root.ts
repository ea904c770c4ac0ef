import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The folder of this package: the nearest above `from` whose package.json has its name. Files that ship beside the
 * code (the picture worker, the model cards) are found from it, wherever the code was bundled to.
 */
export function packageRoot(from: string = __dirname): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (isOurs(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) break;
  }
  throw new Error(
    `No package.json of strapi-plugin-cutout was found in ${from} or above it; install the package anew.`,
  );
}

function isOurs(file: string): boolean {
  if (!existsSync(file)) return false;
  return (JSON.parse(readFileSync(file, 'utf8')) as { name?: string }).name === 'strapi-plugin-cutout';
}
