import { CutoutError, messageOf } from './errors';

/** What a fault of the system means and what helps, by its code; none of them is the fault of the file at hand. */
const FAULTS: Record<string, { said: string; as?: 'machine.short' | 'worker.crashed' }> = {
  ENOSPC: { said: 'the disk is full; free some space', as: 'machine.short' },
  EDQUOT: { said: 'the disk quota is used up; free some space', as: 'machine.short' },
  ENOMEM: { said: 'the machine is short of memory; give it more, or lower limits.maxPixels', as: 'worker.crashed' },
  EMFILE: { said: 'too many files are open; raise the limit of open files (ulimit -n)', as: 'machine.short' },
  ENFILE: { said: 'too many files are open; raise the limit of open files (ulimit -n)', as: 'machine.short' },
  EACCES: { said: 'this process has no right to; give its user the right' },
  EPERM: { said: 'this process has no right to; give its user the right' },
  EROFS: { said: 'the disk can only be read; make it writable' },
  EIO: { said: 'the disk or its network mount failed; check it' },
  ESTALE: { said: 'the disk or its network mount failed; check it' },
  ETIMEDOUT: { said: 'the disk or its network mount did not answer; check it' },
  EBUSY: { said: 'another program holds it; try again when that is done' },
  EISDIR: { said: 'it is a folder; a file is needed' },
  ENOTDIR: { said: 'a part of its path is no folder; check the path' },
  ELOOP: { said: 'its links lead in a circle; mend them' },
  ENAMETOOLONG: { said: 'its name is too long; shorten it' },
  ENOENT: { said: 'it is not there; check the path' },
};

/** libvips passes on the system's words alone (strerror of glibc, musl and macOS). */
const WORDS: [RegExp, string][] = [
  [/no space left/i, 'ENOSPC'],
  [/disk quota exceeded|quota exceeded/i, 'EDQUOT'],
  [/cannot allocate memory|out of memory|bad_alloc/i, 'ENOMEM'],
  [/too many open files|no file descriptors available/i, 'EMFILE'],
  [/permission denied/i, 'EACCES'],
  [/read-only file system/i, 'EROFS'],
  [/input\/output error|\bi\/o error/i, 'EIO'],
  [/stale file handle/i, 'ESTALE'],
];

function codeOf(error: unknown): string | null {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (typeof code === 'string' && code in FAULTS) return code;
  return WORDS.find(([words]) => words.test(messageOf(error)))?.[1] ?? null;
}

/** What a fault of the system means and what to do, without the path it names; null for any other error. */
export function systemFault(error: unknown): string | null {
  const code = codeOf(error);
  return code === null ? null : FAULTS[code]!.said;
}

/**
 * A shortage of the machine's: of disk or open files as `machine.short`, which waits until it is over; of memory as
 * `worker.crashed`, which is tried again some times, for the picture itself may ask for too much. Null for any other
 * error. `what` begins the sentence: "The picture could not be written".
 */
export function shortage(error: unknown, what: string): CutoutError | null {
  const code = codeOf(error);
  const fault = code === null ? undefined : FAULTS[code];
  return fault?.as ? new CutoutError(fault.as, `${what}: ${fault.said}.`, { cause: error }) : null;
}

/** One sentence for any failure of a file's: what failed and, where the system said why, what to do. */
export const failureSentence = (error: unknown, what: string): string =>
  `${what}: ${systemFault(error) ?? 'the reason is in the debug log'}.`;
