import { CutoutError, messageOf } from './errors';

interface Fault {
  /** Ends a sentence that says what failed. */
  said: string;
  /** What to do about it. */
  help: string;
  as?: 'machine.short' | 'worker.crashed';
}

const NO_RIGHT = { said: 'permission is denied', help: "give this process's user the right" };
const NO_FILES = { said: 'too many files are open', help: 'raise the limit of open files (ulimit -n)' };
const NO_ANSWER = { said: 'the disk or its network mount failed', help: 'check it' };

/** What a fault of the system means and what helps, by its code; none of them is the fault of the file at hand. */
const FAULTS: Record<string, Fault> = {
  ENOSPC: { said: 'the disk is full', help: 'free some space', as: 'machine.short' },
  EDQUOT: { said: 'the disk quota is used up', help: 'free some space', as: 'machine.short' },
  ENOMEM: {
    said: 'the machine is short of memory',
    help: 'give it more, or lower limits.maxPixels',
    as: 'worker.crashed',
  },
  EMFILE: { ...NO_FILES, as: 'machine.short' },
  ENFILE: { ...NO_FILES, as: 'machine.short' },
  EACCES: NO_RIGHT,
  EPERM: NO_RIGHT,
  EROFS: { said: 'the disk can only be read', help: 'make it writable', as: 'machine.short' },
  EIO: NO_ANSWER,
  ESTALE: NO_ANSWER,
  ETIMEDOUT: NO_ANSWER,
  EBUSY: { said: 'another program holds it', help: 'try again when that is done' },
  EEXIST: { said: 'something of that name is there already', help: 'choose another name' },
  EFBIG: { said: 'it would be larger than the system allows', help: 'make it smaller' },
  EISDIR: { said: 'it is a folder', help: 'a file is needed' },
  ENOTDIR: { said: 'a part of its path is no folder', help: 'check the path' },
  ELOOP: { said: 'its links lead in a circle', help: 'mend them' },
  ENAMETOOLONG: { said: 'its name is too long', help: 'shorten it' },
  ENOENT: { said: 'it is not there', help: 'check the path' },
};

/** libvips passes on the system's words alone (strerror of glibc, musl and macOS). */
const WORDS: [RegExp, string][] = [
  [/no space left/i, 'ENOSPC'],
  [/disk quota exceeded|quota exceeded/i, 'EDQUOT'],
  // V8 says it in words of its own, for its buffers and for WebAssembly's; so does the loader of libraries.
  [/(cannot|could not) allocate|allocation failed|out of memory|bad_alloc|failed to map segment/i, 'ENOMEM'],
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

const sentenceOf = ({ said, help }: Fault): string => `${said}; ${help}`;

/** What a fault of the system means and what to do, without the path it names; null for any other error. */
export function systemFault(error: unknown): string | null {
  const code = codeOf(error);
  return code === null ? null : sentenceOf(FAULTS[code]!);
}

/**
 * A shortage of the machine's: of disk or open files as `machine.short`, which waits until it is over; of memory as
 * `worker.crashed`, which is tried again some times, for the picture itself may ask for too much. Null for any other
 * error. `what` begins the sentence: "The picture could not be written".
 */
export function shortage(error: unknown, what: string): CutoutError | null {
  const code = codeOf(error);
  const fault = code === null ? undefined : FAULTS[code];
  return fault?.as ? new CutoutError(fault.as, `${what}: ${sentenceOf(fault)}.`, { cause: error }) : null;
}

/** One sentence for any failure of a file's: what failed and, where the system said why, what to do. */
export const failureSentence = (error: unknown, what: string): string =>
  `${what}: ${systemFault(error) ?? 'the reason is in the debug log'}.`;

/** Whether the file system refused, and not something else. */
export const isFileFault = (error: unknown): error is NodeJS.ErrnoException =>
  typeof error === 'object' && error !== null && 'syscall' in error && 'code' in error;

/** What failed in a few words, for callers who say what to do themselves. Never names a path of the machine. */
export function faultWords(error: unknown): string {
  if (!isFileFault(error)) return messageOf(error).split('\n')[0]!.replace(/\.$/, '');
  return FAULTS[error.code ?? '']?.said ?? `the system says ${error.code}`;
}
