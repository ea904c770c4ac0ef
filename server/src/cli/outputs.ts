import { statSync } from 'node:fs';
import path from 'node:path';
import { FORMATS } from '../options/fields';
import { identityAt } from './identity';
import type { Input } from './input';
import { printable } from './printable';
import { UsageError } from './usage-error';

/** Where results go. */
export type Destination =
  /** Beside each original, as `<name>-cutout.webp`. */
  | { kind: 'beside' }
  | { kind: 'folder'; path: string }
  | { kind: 'file'; path: string; format: string; shown: string }
  | { kind: 'stdout' };

/**
 * Reads `--out`: `-` is stdout; a name with a picture's extension is the one file a single input becomes; anything else
 * is a folder. Without it a picture from stdin goes to stdout, and files get their result beside them.
 */
export function readDestination(out: string | undefined, named: readonly string[]): Destination {
  if (out === '') throw new UsageError(['Expected a place for --out but received an empty text.']);
  if (named.filter((input) => input === '-').length > 1)
    throw new UsageError(['Expected "-" once among the inputs: stdin holds one picture.']);
  if (out === '-' || (out === undefined && named.includes('-'))) {
    requireOne('one input when the result goes to stdout', named.length);
    return { kind: 'stdout' };
  }
  if (out === undefined) return { kind: 'beside' };
  const format = formatOf(out);
  const there = statSync(out, { throwIfNoEntry: false });
  if (format === null || out.endsWith('/') || there?.isDirectory()) {
    if (there && !there.isDirectory())
      throw new UsageError([`Expected a folder for --out but "${printable(out)}" is a file.`]);
    return { kind: 'folder', path: path.resolve(out) };
  }
  requireOne(`a folder for --out, not "${printable(out)}", or one input`, named.length);
  return { kind: 'file', path: path.resolve(out), format, shown: out };
}

/** A named folder may hold several pictures: asked again when it was walked. */
export function requireRoom(destination: Destination, count: number): void {
  if (destination.kind === 'stdout') requireOne('one input when the result goes to stdout', count);
  if (destination.kind === 'file')
    requireOne(`a folder for --out, not "${printable(destination.shown)}", or one input`, count);
}

function requireOne(expected: string, count: number): void {
  if (count > 1) throw new UsageError([`Expected ${expected} but received ${count}.`]);
}

function formatOf(file: string): string | null {
  const ext = path.extname(file).slice(1).toLowerCase();
  const format = ext === 'jpg' ? 'jpeg' : ext;
  return (FORMATS as readonly string[]).includes(format) ? format : null;
}

/** Where one input's files go. */
export interface Output {
  picture: string;
  /** Its further size of that width. */
  sized(width: number): string;
}

type Place = Exclude<Destination, { kind: 'stdout' }>;

export interface Naming {
  ext: string;
  sizes: readonly number[];
  /** Identities of the files that are never written over. */
  originals: ReadonlySet<string>;
}

/**
 * Names the output of every input before the first is made, so that names do not depend on which ends first. Originals
 * that differ only in extension or case keep it (`a.jpg.webp`, `a.png.webp`); a name that would hit an original gives
 * way likewise.
 *
 * @throws UsageError when the file that --out names is an original.
 */
export async function nameOutputs(destination: Place, inputs: readonly Input[], naming: Naming): Promise<Output[]> {
  if (destination.kind === 'file') return inputs.length > 0 ? [await nameFile(destination, naming)] : [];
  const stems = inputs.map((input) => stemsOf(destination, input));
  const shared = new Map<string, number>();
  for (const [short] of stems) shared.set(folded(short), (shared.get(folded(short)) ?? 0) + 1);
  const taken = new Set<string>();
  const outputs: Output[] = [];
  for (const [short, whole] of stems) {
    outputs.push(await claim(candidates((shared.get(folded(short)) ?? 0) > 1, short, whole), taken, naming));
  }
  return outputs;
}

async function nameFile({ path: file, shown }: Extract<Place, { kind: 'file' }>, naming: Naming): Promise<Output> {
  const { dir, name, ext } = path.parse(file);
  const output = outputAt(path.join(dir, name), ext);
  for (const width of [null, ...naming.sizes]) {
    const to = width === null ? output.picture : output.sized(width);
    const identity = await identityAt(to);
    if (identity === null || !naming.originals.has(identity)) continue;
    const original = printable(width === null ? shown : path.basename(to));
    throw new UsageError([`Expected another file for --out than the original ${original}.`]);
  }
  return output;
}

function* candidates(isShared: boolean, short: string, whole: string): Generator<string> {
  if (!isShared) yield short;
  yield whole;
  for (let number = 2; ; number += 1) yield `${whole}-${number}`;
}

async function claim(stems: Iterable<string>, taken: Set<string>, { ext, sizes, originals }: Naming): Promise<Output> {
  for (const stem of stems) {
    const output = outputAt(stem, ext);
    const files = [output.picture, ...sizes.map((width) => output.sized(width))];
    if (files.some((file) => taken.has(folded(file)))) continue;
    const there = await Promise.all(files.map(identityAt));
    if (there.some((identity) => identity !== null && originals.has(identity))) continue;
    for (const file of files) taken.add(folded(file));
    return output;
  }
  throw new Error('Names are never used up.');
}

function outputAt(stem: string, ext: string): Output {
  return { picture: stem + ext, sized: (width) => `${stem}-${width}${ext}` };
}

/** On some file systems two such names are one file, so they count as one on all. */
const folded = (file: string): string => file.normalize('NFC').toLowerCase();

function stemsOf(destination: Exclude<Place, { kind: 'file' }>, input: Input): [short: string, whole: string] {
  const { dir, name, base } = path.parse(input.path ?? 'stdin');
  if (destination.kind === 'beside') return [path.join(dir, `${name}-cutout`), path.join(dir, `${base}-cutout`)];
  const folder = path.join(destination.path, input.below);
  return [path.join(folder, name), path.join(folder, base)];
}
