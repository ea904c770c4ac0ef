import { CutoutError } from '../errors';
import { faultWords } from '../file-fault';
import { removeWorkDirsNow } from '../work-dir';
import { exitCodes } from './usage-error';

/** Why a command ends before its work is done. */
export interface Ending {
  /** Aborted by an interrupt, and when nobody reads what the command writes. */
  signal: AbortSignal;
  /** `null` while nothing ends it. */
  code(): number | null;
}

/** What the signal aborts with. */
export class Ended extends Error {
  constructor(readonly exitCode: number) {
    super(`The command was ended with exit code ${exitCode}.`);
  }
}

/** One signal may arrive twice: npm hands on what the terminal has sent already, some libraries send it once more. */
const SAME_MS = 100;
const SHOW_CURSOR = '\u001b[?25h';

export function watchForEnding(): Ending {
  const controller = new AbortController();
  let ended: number | null = null;
  let interruptedAt = -Infinity;
  const end = (code: number): void => {
    ended ??= code;
    process.exitCode = ended;
    controller.abort(new Ended(code));
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (performance.now() - interruptedAt < SAME_MS) return;
      if (ended === exitCodes.interrupted) leaveNow();
      interruptedAt = performance.now();
      end(exitCodes.interrupted);
    });
  }
  let fault: CutoutError | null = null;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (stream === process.stdout && error.code !== 'EPIPE') fault ??= unwritable(error);
      end(error.code === 'EPIPE' ? exitCodes.pipe : exitCodes.failed);
    });
  }
  // Not before: a bar may still be on its line, and the last write fails when all else is over.
  process.once('exit', () => {
    if (fault) process.stderr.write(`cutout: ${fault.message}\n`);
  });
  return { signal: controller.signal, code: () => ended };
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
