import { promises as fs } from 'node:fs';
import path from 'node:path';
import { CutoutError, messageOf } from '../errors';

/** A picture to work on. */
export interface Input {
  /** As it was named, or as it was found in a named folder; `-` for stdin. */
  shown: string;
  /** Absolute path; `null` for stdin. */
  path: string | null;
  /** Folder below the output folder, for pictures found in a named folder. */
  below: string;
  /** Found in a folder, not named itself: being no picture for a cutout is no failure then. */
  found: boolean;
}

export interface Unusable {
  shown: string;
  error: CutoutError;
}

const PICTURES = /\.(jpe?g|png|webp|avif|bmp|gif|tiff?|heic|heif|svg)$/i;
/** What an earlier run without --out put beside its originals. */
const MADE_HERE = /-cutout(-\d+)?\.\w+$/;

/**
 * Named files as they are, named folders walked with their subfolders, in the order of names. Hidden files and folders,
 * `outDir` and what an earlier run made are passed over.
 */
export async function gatherInputs(
  named: readonly string[],
  outDir: string | null,
): Promise<{ inputs: Input[]; unusable: Unusable[] }> {
  const inputs: Input[] = [];
  const unusable: Unusable[] = [];
  for (const shown of named) {
    if (shown === '-') {
      inputs.push({ shown, path: null, below: '', found: false });
      continue;
    }
    try {
      const stat = await fs.stat(shown);
      if (stat.isDirectory()) inputs.push(...(await walk(shown, '', outDir)));
      else inputs.push({ shown, path: path.resolve(shown), below: '', found: false });
    } catch (error) {
      unusable.push({ shown, error: unreadable(shown, error) });
    }
  }
  return { inputs, unusable };
}

async function walk(root: string, below: string, outDir: string | null): Promise<Input[]> {
  const folder = path.join(root, below);
  if (outDir !== null && path.resolve(folder) === outDir) return [];
  const entries = await fs.readdir(folder, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const inputs: Input[] = [];
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) inputs.push(...(await walk(root, path.join(below, entry.name), outDir)));
    else if (entry.isFile() && PICTURES.test(entry.name) && !MADE_HERE.test(entry.name)) {
      const shown = path.join(folder, entry.name);
      inputs.push({ shown, path: path.resolve(shown), below, found: true });
    }
  }
  return inputs;
}

function unreadable(shown: string, error: unknown): CutoutError {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new CutoutError('source.missing', `There is no file ${shown}.`, { cause: error });
  return new CutoutError('source.unreadable', `${shown} cannot be read: ${messageOf(error)}.`, { cause: error });
}
