import type { ErrorJson } from '../errors';
import { printable } from './printable';
import type { Progress } from './progress';

/** What became of one input. */
export interface Outcome {
  input: string;
  status: 'done' | 'failed' | 'skipped';
  files?: { path: string; mime: string; width: number; height: number; bytes: number }[];
  /** 0…1, how sure the matte looks. */
  confidence?: number;
  ms?: number;
  reason?: ErrorJson;
  /** What the libraries said of it, with `--debug` alone: it may name paths. */
  detail?: string;
}

export interface Report {
  add(outcome: Outcome): void;
  failed(): boolean;
  /** Says the sum of it: one line on stderr, or with `json` one object on stdout. */
  finish(): void;
}

interface ReportSettings {
  progress: Progress;
  total: number;
  json: boolean;
  quiet: boolean;
  debug: boolean;
  destination: { kind: string };
}

/**
 * Bad files get one line on stderr as they come; finished ones a line on stdout, unless `--quiet`, `--json` or the
 * picture itself has the place. `finish` is called when the progress bar is gone.
 */
export function createReport({ progress, total, json, quiet, debug, destination }: ReportSettings): Report {
  const outcomes: Outcome[] = [];
  const counts = { done: 0, skipped: 0, failed: 0 };
  const began = performance.now();
  const plain = !json && !quiet && destination.kind !== 'stdout';
  /** On a terminal the bar must make room for it; a pipe gets it as it is. */
  const sayDone = (line: string): void => {
    if (process.stdout.isTTY) progress.line(line);
    else process.stdout.write(`${line}\n`);
  };
  return {
    add({ detail, ...known }) {
      const outcome: Outcome = debug && detail ? { ...known, detail } : known;
      // A run may have a hundred thousand inputs; only JSON wants them all again.
      if (json) outcomes.push(outcome);
      counts[outcome.status] += 1;
      const sum = counts.done + counts.skipped + counts.failed;
      progress.pictures(sum, Math.max(total, sum));
      if (outcome.status === 'done') {
        if (plain) sayDone(doneLine(outcome));
      } else if (!json) {
        const prefix = outcome.status === 'skipped' ? 'skipped ' : '';
        const why = oneLine(outcome.reason?.message ?? '');
        progress.line(`cutout: ${prefix}${printable(outcome.input)}: ${why}`);
        if (outcome.detail) progress.line(`cutout: debug: ${oneLine(outcome.detail)}`);
      }
    },
    failed: () => counts.failed > 0,
    finish() {
      const ms = Math.round(performance.now() - began);
      const sum = counts.done + counts.skipped + counts.failed;
      const notTried = Math.max(0, total - sum);
      const rest = notTried > 0 ? { notTried } : {};
      if (json) process.stdout.write(`${JSON.stringify({ ...counts, ...rest, ms, results: outcomes })}\n`);
      else if (plain && sum > 1)
        process.stderr.write(
          `${counts.done} done, ${counts.skipped} skipped, ${counts.failed} failed in ${seconds(ms)}\n`,
        );
      if (!json && notTried > 0)
        process.stderr.write(`cutout: ${notTried} ${notTried === 1 ? 'picture was' : 'pictures were'} not tried.\n`);
    },
  };
}

const oneLine = (text: string): string => printable(text.replaceAll(/\s+/g, ' '));
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

function doneLine({ input, files = [], ms = 0 }: Outcome): string {
  return printable(`${input} → ${files.map((file) => file.path).join(', ')} (${seconds(ms)})`);
}
