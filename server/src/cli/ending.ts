import { CutoutError } from '../errors';
import { faultWords } from '../fault-words';
import { removeWorkDirsNow } from '../work-dir';
import { exitCodes } from './usage-error';

/** Why a command ends before its work is done. */
export interface Ending {
  /** Aborted by an interrupt, and when nobody reads what the command writes. */
  signal: AbortSignal;
  /** `null` while nothing ends it. */
  code(): number | null;
  /** What there is to say about it. */
  error(): CutoutError | null;
}

const SHOW_CURSOR = '\u001b[?25h';

export function watchForEnding(): Ending {
  const controller = new AbortController();
  let ended: { code: number; error: CutoutError | null } | null = null;
  const end = (code: number, error: CutoutError | null = null): void => {
    ended ??= { code, error };
    process.exitCode = ended.code;
    controller.abort();
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (ended?.code === exitCodes.interrupted) leaveNow();
      end(exitCodes.interrupted);
    });
  }
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') end(exitCodes.pipe);
      else end(exitCodes.failed, stream === process.stdout ? unwritable(error) : null);
    });
  }
  return { signal: controller.signal, code: () => ended?.code ?? null, error: () => ended?.error ?? null };
}

export const unwritable = (cause: unknown): CutoutError =>
  new CutoutError('output.failed', `Standard output cannot be written: ${faultWords(cause)}.`, { cause });

/** The second interrupt: nothing that is under way can keep the command alive. */
function leaveNow(): never {
  if (process.stderr.isTTY) process.stderr.write(SHOW_CURSOR);
  try {
    removeWorkDirsNow();
  } finally {
    process.exit(exitCodes.interrupted);
  }
}
