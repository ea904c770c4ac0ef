import type { JobRow } from '../tables/jobs';
import type { Written } from './written';

/** `progress`: nothing but the transfer of its picture went on. */
export interface JobChange {
  kind: 'job' | 'progress';
  row: JobRow;
}

/** What was seen of the jobs that were written lately, and of those that run. */
export interface Told {
  /** Whether a row was seen as it was written then. */
  knows(written: Written): boolean;
  /** When a row that is known so could first be seen with what it tells. */
  since(written: Written): number | null;
  /** Takes a row in. @returns what is new in it */
  learn(row: JobRow, since: number): JobChange[];
  /** All that nobody asks about any more. */
  forget(before: number): void;
  clear(): void;
}

interface Entry {
  at: number;
  since: number;
  words: string;
  progress: number | null;
  runs: boolean;
}

/** The lease of a running job is renewed again and again, which is no news; so it is remembered for long. */
const KEEP_RUNNING_MS = 24 * 60 * 60_000;

export function createTold(): Told {
  const entries = new Map<number, Entry>();
  const find = ({ id, at }: Written): Entry | null => {
    const entry = entries.get(id);
    return entry?.at === at ? entry : null;
  };
  return {
    knows: (written) => find(written) !== null,
    since: (written) => find(written)?.since ?? null,
    learn(row, since) {
      const before = entries.get(row.id);
      const words = wordsOf(row);
      const progress = row.progress?.progress ?? null;
      const isNew = before?.words !== words;
      entries.set(row.id, {
        ...{ words, progress },
        at: writtenAt(row),
        since: isNew ? since : before.since,
        runs: row.state === 'running',
      });
      if (isNew) return [{ kind: 'job', row }];
      return progress !== null && progress !== before.progress ? [{ kind: 'progress', row }] : [];
    },
    forget(before) {
      for (const [id, { at, runs }] of entries) if (at < before - (runs ? KEEP_RUNNING_MS : 0)) entries.delete(id);
    },
    clear: () => entries.clear(),
  };
}

export const writtenAt = ({ updatedAt }: Pick<JobRow, 'updatedAt'>): number => new Date(updatedAt).getTime();

/** All of a job that is told but its progress. */
function wordsOf({ state, engine, presets, attempts, reasonCode, reasonMessage, runAt }: JobRow): string {
  const retryAt = state === 'queued' && reasonCode !== null ? new Date(runAt).getTime() : null;
  return JSON.stringify([state, engine, presets, attempts, reasonCode, reasonMessage, retryAt]);
}
