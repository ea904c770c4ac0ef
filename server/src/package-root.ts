import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const PACKAGE_NAME = 'strapi-plugin-cutout';

let root: string | undefined;

/** The folder of this package's own package.json, wherever the bundler put the running file. */
export function packageRoot(): string {
  root ??= findRoot(__dirname);
  return root;
}

function findRoot(from: string): string {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const manifest = path.join(folder, 'package.json');
    if (existsSync(manifest)) {
      const { name } = JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string };
      if (name === PACKAGE_NAME) return folder;
    }
    if (folder === path.dirname(folder)) {
      throw new Error(`Expected a package.json named ${PACKAGE_NAME} above ${from} but found none.`);
    }
  }
}
