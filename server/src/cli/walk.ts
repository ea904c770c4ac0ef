import { promises as fs, type BigIntStats, type Dirent } from 'node:fs';
import path from 'node:path';
import { CutoutError } from '../errors';
import { identityOf } from './identity';
import { type Gathered, unreadable } from './input';
import { printable } from './printable';

/** Kinds that are never cut out are among them: they are told, not passed over. */
const PICTURES = /\.(jpe?g|jpe|jfif|a?png|webp|avif|bmp|dib|gif|tiff?|hei[cf]|svgz?|jxl|jp2|psd)$/i;
/** What an earlier run without --out put beside its originals. */
const MADE_HERE = /^(.+)-cutout(-\d+)?\.\w+$/;

interface Walk {
  root: string;
  /** Identities of the folders that were read, and of the output folder. */
  seen: Set<string>;
  /** Folders that links lead to, read when all others were. */
  linked: { below: string; identity: string }[];
  gathered: Gathered;
}

/**
 * Pictures below a folder by their extensions, in the order of names. Links are followed, and each folder is read once,
 * by its own name before any link's. Hidden files and folders, the output folder and what an earlier run made are passed
 * over; what cannot be read is told, and the rest goes on.
 */
export async function walk(root: string, identity: string, out: string | null, gathered: Gathered): Promise<void> {
  const state: Walk = { root, seen: new Set(out === null ? [] : [out]), linked: [], gathered };
  await readFolder(state, '', identity);
  for (const { below, identity: target } of state.linked) await readFolder(state, below, target);
}

async function readFolder(state: Walk, below: string, identity: string): Promise<void> {
  if (state.seen.has(identity)) return;
  state.seen.add(identity);
  const folder = path.join(state.root, below);
  let entries: Dirent[];
  try {
    entries = await fs.readdir(folder, { withFileTypes: true });
  } catch (error) {
    state.gathered.unusable.push({ shown: folder, error: unreadable('folder', folder, error) });
    return;
  }
  const visible = entries.filter(({ name }) => !name.startsWith('.')).sort((a, b) => (a.name < b.name ? -1 : 1));
  const originals = new Set(visible.flatMap(({ name }) => (PICTURES.test(name) ? [name, path.parse(name).name] : [])));
  for (const entry of visible) {
    const original = MADE_HERE.exec(entry.name)?.[1];
    if (original === undefined || !originals.has(original)) await readEntry(state, below, entry);
  }
}

async function readEntry(state: Walk, below: string, entry: Dirent): Promise<void> {
  const shown = path.join(state.root, below, entry.name);
  const isPicture = PICTURES.test(entry.name);
  const link = entry.isSymbolicLink();
  if (!isPicture && !link && !entry.isDirectory()) return;
  let stat: BigIntStats;
  try {
    stat = await fs.stat(shown, { bigint: true });
  } catch (error) {
    if (isPicture || entry.isDirectory())
      state.gathered.unusable.push({
        shown,
        error: link ? leadsNowhere(shown, error) : unreadable('file', shown, error),
      });
    return;
  }
  const identity = identityOf(stat);
  if (stat.isDirectory()) {
    const inside = path.join(below, entry.name);
    if (link) state.linked.push({ below: inside, identity });
    else await readFolder(state, inside, identity);
  } else if (isPicture && stat.isFile()) {
    state.gathered.inputs.push({ shown, path: path.resolve(shown), identity, below, found: true });
  }
}

function leadsNowhere(shown: string, cause: unknown): CutoutError {
  return new CutoutError('source.missing', `The link ${printable(shown)} leads to no file.`, { cause });
}
