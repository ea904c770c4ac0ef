import { readFile, realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { packageRoot } from '../../package-root';
import { type Check, count, finding, textFact, well } from '../check';

/**
 * Whether sharp loads in a picture child, and that Strapi and the plugin share one copy: two bring two libvips, which may
 * read and write pictures differently, and cannot always live in one process.
 */
export const sharp: Check = {
  id: 'sharp',
  limitMs: 20_000,
  async look({ strapi, child }) {
    const { root } = strapi.dirs.app;
    const copies = await installedCopies([packageRoot(), root, uploadFolder(root)]);
    const loaded = await loadedCopies();
    const versions = copies.map(({ version }) => version);
    const { sharp: ours } = await child();
    const facts = [
      textFact('version', ours.version),
      textFact('libvips', ours.libvips),
      count('copies', copies.length),
      // Strapi loads it with its first picture.
      count('loaded', loaded),
    ];
    if (ours.version === null) return finding('error', 'sharp.fails', [...facts, textFact('detail', ours.problem)]);
    if (copies.length > 1 || (loaded ?? 0) > 1)
      return finding('warning', 'sharp.copies', [...facts, textFact('versions', versions.join(', '))]);
    return well(facts);
  },
};

/** Where Strapi's upload plugin looks for its own. */
function uploadFolder(root: string): string {
  try {
    const strapiFolder = path.dirname(
      createRequire(path.join(root, 'package.json')).resolve('@strapi/strapi/package.json'),
    );
    return path.dirname(createRequire(path.join(strapiFolder, 'package.json')).resolve('@strapi/upload/package.json'));
  } catch {
    return root;
  }
}

/** The copies of sharp that code in these folders would load. */
export async function installedCopies(folders: readonly string[]): Promise<{ folder: string; version: string }[]> {
  const found = new Map<string, string>();
  for (const from of folders) {
    try {
      const entry = createRequire(path.join(from, 'package.json')).resolve('sharp');
      const folder = await realpath(packageRoot(path.dirname(entry), 'sharp'));
      const { version } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as { version: string };
      found.set(folder, version);
    } catch {
      // Not to be found from there: whoever needs it says so.
    }
  }
  return [...found].map(([folder, version]) => ({ folder, version }));
}

/** How many native sharps this process holds; null where the system does not tell. */
async function loadedCopies(): Promise<number | null> {
  const maps = await readFile('/proc/self/maps', 'utf8').catch(() => null);
  return maps === null ? null : new Set(maps.match(/\/\S*sharp-[^/\s]*\.node$/gm)).size;
}
