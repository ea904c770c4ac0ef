import type { JobRow } from '../tables/jobs';
import type { Effort, OwnOptions } from '../words';

/** A job this process holds the lease of. */
export type ClaimedJob = JobRow & {
  leaseToken: string;
  /** Pixels that the rules of its asset allow; left out where they name none. */
  maxPixels?: number | undefined;
  /** The asset's own, by preset, in place of the preset's. */
  options?: Record<string, OwnOptions> | undefined;
  /** Of the local engine's matte, in place of the configuration's. */
  effort?: Effort | undefined;
};

/**
 * Does the job's work and settles its row. Must not throw for a failing job: that is settled too.
 * `signal` aborts when the queue stops (`reason` is `queueStopped`) or the lease was lost.
 */
export type RunJob = (job: ClaimedJob, signal: AbortSignal) => Promise<void>;

/**
 * Hands due jobs to `run`. The table is the truth; a queue decides only when it is looked at and by whom. It knows
 * nothing of pictures. Every implementation runs `tests/contract/job-queue.ts`.
 */
export interface JobQueue {
  start(): void;
  /** There may be due work. Synchronous and never throws: it is called from commit hooks. */
  wake(): void;
  /** Takes no more work, aborts what runs and waits for it, `timeoutMs` at most. Idempotent. */
  stop(timeoutMs: number): Promise<void>;
  /** Jobs running in this process. */
  running(): number;
}
