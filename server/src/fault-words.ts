import { messageOf } from './errors';

/** What a failed call of the file system means, without its path, by the code of the error. */
const WORDS: Record<string, string> = {
  ENOENT: 'it is not there',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is no folder',
  EEXIST: 'something of that name is there already',
  ENAMETOOLONG: 'its name is too long',
  EFBIG: 'it would be larger than the system allows',
  ELOOP: 'its links go round in a circle',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  EBUSY: 'it is in use',
  EIO: 'the disk has a fault',
};

/** Whether the file system refused, and not something else. */
export const isFileFault = (error: unknown): error is NodeJS.ErrnoException =>
  typeof error === 'object' && error !== null && 'syscall' in error && 'code' in error;

/** Part of a sentence: `… cannot be written: the disk is full.` Never names a path of the machine. */
export function faultWords(error: unknown): string {
  if (!isFileFault(error)) return messageOf(error).split('\n')[0]!.replace(/\.$/, '');
  return WORDS[error.code ?? ''] ?? `the system says ${error.code}`;
}
