import { CutoutError } from '../errors';
import { faultWords } from '../file-fault';
import { printable } from './printable';

/** A picture to work on. */
export interface Input {
  /** As it was named, or as it was found in a named folder; `-` for stdin. */
  shown: string;
  /** Absolute path; `null` for stdin. */
  path: string | null;
  /** See `identityOf`; `null` for stdin. */
  identity: string | null;
  /** Folder below the output folder, for pictures found in a named folder. */
  below: string;
  /** Found in a folder, not named itself: being no picture for a cutout is no failure then. */
  found: boolean;
}

export interface Unusable {
  shown: string;
  error: CutoutError;
}

export interface Gathered {
  inputs: Input[];
  unusable: Unusable[];
}

export function unreadable(what: 'file' | 'folder', shown: string, cause: unknown): CutoutError {
  const name = printable(shown);
  if ((cause as NodeJS.ErrnoException).code === 'ENOENT') {
    // Node hands such names on with the bytes replaced, so that they lead nowhere.
    const why = shown.includes('\ufffd') ? ': its name is not valid UTF-8, rename it' : '';
    return new CutoutError('source.missing', `There is no file ${name}${why}.`, { cause });
  }
  return new CutoutError('source.unreadable', `The ${what} ${name} cannot be read: ${faultWords(cause)}.`, { cause });
}
