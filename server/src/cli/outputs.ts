import { promises as fs } from 'node:fs';
import path from 'node:path';
import { FORMATS } from '../options/fields';
import type { Input } from './inputs';
import { UsageError } from './usage-error';

/** Where results go. */
export type Destination =
  /** Beside each original, as `<name>-cutout.webp`. */
  | { kind: 'beside' }
  | { kind: 'folder'; path: string }
  | { kind: 'file'; path: string; format: string }
  | { kind: 'stdout' };

/**
 * Reads `--out`: `-` is stdout; a name with a picture's extension is the one file a single input becomes; anything else
 * is a folder. Without it a picture from stdin goes to stdout, and files get their result beside them.
 */
export function readDestination(out: string | undefined, named: readonly string[]): Destination {
  const single = named.length === 1;
  if (named.filter((input) => input === '-').length > 1)
    throw new UsageError(['Expected "-" once among the inputs: stdin holds one picture.']);
  if (out === '-' || (out === undefined && named.includes('-'))) {
    if (!single)
      throw new UsageError([`Expected one input when the result goes to stdout but received ${named.length}.`]);
    return { kind: 'stdout' };
  }
  if (out === undefined) return { kind: 'beside' };
  const format = formatOf(out);
  if (format === null || out.endsWith('/')) return { kind: 'folder', path: path.resolve(out) };
  if (!single)
    throw new UsageError([`Expected a folder for --out when there are ${named.length} inputs but received "${out}".`]);
  return { kind: 'file', path: path.resolve(out), format };
}

function formatOf(file: string): string | null {
  const ext = path.extname(file).slice(1).toLowerCase();
  const format = ext === 'jpg' ? 'jpeg' : ext;
  return (FORMATS as readonly string[]).includes(format) ? format : null;
}

/** Where one input's files go: `file(null)` the picture itself, `file(400)` its further size of that width. */
export interface Output {
  file(width: number | null): string;
}

/**
 * Names the output of every input before the first is made, so that names do not depend on which ends first. Each
 * name is given once: originals that differ only in extension keep it (`a.jpg.webp`, `a.png.webp`), and no original is
 * overwritten.
 */
export function nameOutputs(
  destination: Exclude<Destination, { kind: 'stdout' }>,
  inputs: readonly Input[],
  ext: string,
): Output[] {
  const taken = new Set(inputs.flatMap((input) => (input.path === null ? [] : [input.path])));
  const claim = (stems: string[]): string => {
    const last = stems.at(-1) ?? '';
    const numbered = Array.from(inputs, (_, index) => `${last}-${index + 2}`);
    const stem = [...stems, ...numbered].find((candidate) => !taken.has(candidate + ext)) ?? last;
    taken.add(stem + ext);
    return stem;
  };
  return inputs.map((input) => {
    if (destination.kind === 'file') {
      const { dir, name, ext: own } = path.parse(destination.path);
      return { file: (width) => path.join(dir, width === null ? `${name}${own}` : `${name}-${width}${own}`) };
    }
    const stem = claim(stemsOf(destination, input));
    return { file: (width) => (width === null ? stem + ext : `${stem}-${width}${ext}`) };
  });
}

function stemsOf(destination: { kind: 'beside' } | { kind: 'folder'; path: string }, input: Input): string[] {
  const { dir, name, base } = path.parse(input.path ?? 'stdin');
  if (destination.kind === 'beside') return [path.join(dir, `${name}-cutout`), path.join(dir, `${base}-cutout`)];
  const folder = path.join(destination.path, input.below);
  return [path.join(folder, name), path.join(folder, base)];
}

/** Moves a result to its place so that a half-written file is never seen there. */
export async function moveFile(from: string, to: string): Promise<void> {
  await fs.mkdir(path.dirname(to), { recursive: true });
  const temporary = `${to}.${process.pid}.tmp`;
  try {
    await fs.copyFile(from, temporary);
    await fs.rename(temporary, to);
  } catch (error) {
    await fs.rm(temporary, { force: true });
    throw error;
  }
}
