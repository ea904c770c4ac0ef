import { promises as fs } from 'node:fs';
import path from 'node:path';
import { CutoutError } from '../errors';
import { type Gathered, unreadable } from './input';
import { identityAt, identityOf } from './identity';
import { printable } from './printable';
import { UsageError } from './usage-error';
import { walk } from './walk';

/**
 * Named files as they are, named folders walked, in the order of names; what is named twice is taken once.
 *
 * @throws UsageError when pictures would be taken from the output folder itself.
 */
export async function gatherInputs(named: readonly string[], outDir: string | null): Promise<Gathered> {
  const gathered: Gathered = { inputs: [], unusable: [] };
  const out = outDir === null ? null : await identityAt(outDir);
  for (const shown of named) await gather(shown, out, gathered);
  const paths = new Set<string>();
  const inputs = gathered.inputs.filter((input) => {
    if (input.path === null) return true;
    const known = paths.has(input.path);
    paths.add(input.path);
    return !known;
  });
  return { ...gathered, inputs };
}

async function gather(shown: string, out: string | null, gathered: Gathered): Promise<void> {
  if (shown === '-') {
    gathered.inputs.push({ shown, path: null, identity: null, below: '', found: false });
    return;
  }
  try {
    const stat = await fs.stat(shown, { bigint: true });
    const identity = identityOf(stat);
    if (stat.isDirectory()) {
      if (identity === out)
        throw new UsageError([`Expected another folder for --out than ${printable(shown)}, whose pictures are taken.`]);
      await walk(shown, identity, out, gathered);
    } else if (stat.isFile()) {
      gathered.inputs.push({ shown, path: path.resolve(shown), identity, below: '', found: false });
    } else {
      const message = `${printable(shown)} is neither a file nor a folder: give its bytes through stdin, as - says.`;
      gathered.unusable.push({ shown, error: new CutoutError('source.unreadable', message) });
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    gathered.unusable.push({ shown, error: unreadable('file', shown, error) });
  }
}
