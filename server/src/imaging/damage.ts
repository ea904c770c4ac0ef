import { basename } from 'node:path';
import { CutoutError } from '../errors';
import { shortage, systemFault } from '../file-fault';

/**
 * The failure of a file whose signature was right and whose content is not; or of the machine that read it. What the
 * decoder said stays in `cause`, for the debug log: it names paths and helps nobody who uploads a picture.
 */
export function damaged(path: string, cause: unknown): CutoutError {
  if (cause instanceof CutoutError) return cause;
  const what = `The picture ${basename(path)} could not be read`;
  const short = shortage(cause, what);
  if (short) return short;
  const fault = systemFault(cause);
  if (fault) return new CutoutError('source.unreadable', `${what}: ${fault}.`, { cause });
  return new CutoutError(
    'source.truncated',
    `The picture ${basename(path)} is damaged or cut short; save it anew from an image editor and upload it again.`,
    { cause },
  );
}
