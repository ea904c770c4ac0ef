import { z } from 'zod';

/** The words of the doctor, which its checks, the API, the command line and the admin share. */

export const checkId = z.enum([
  'model',
  'runtime',
  'sharp',
  'workers',
  'queue',
  'redis',
  'memory',
  'folders',
  'database',
  'clock',
  'rounds',
  'nodes',
  'events',
  'settings',
  'account',
  'versions',
]);
export type CheckId = z.output<typeof checkId>;

/** `unknown`: it could not be told this time. */
export const checkState = z.enum(['error', 'warning', 'unknown', 'ok']);
export type CheckState = z.output<typeof checkState>;

/** What may be wrong; the admin says of each what it means and what to do about it. */
export const problemCode = z.enum([
  'model.missing',
  'model.corrupt',
  'model.not-fetched',
  'model.unusable',
  'runtime.missing',
  'runtime.platform',
  'runtime.fails',
  'sharp.fails',
  'sharp.copies',
  'workers.end',
  'queue.stuck',
  'queue.slow',
  'queue.held',
  'queue.failed',
  'redis.away',
  'memory.short',
  'folders.closed',
  'folders.full',
  'database.away',
  'database.no-skip-locked',
  'clock.differs',
  'rounds.failing',
  'rounds.late',
  'rounds.never',
  'nodes.none',
  'nodes.versions',
  'events.waiting',
  'settings.budget-unreadable',
  'settings.key-unreadable',
  'settings.invalid',
  'account.key-refused',
  'account.stopped',
  'account.away',
  'check.slow',
  'check.failed',
]);
export type ProblemCode = z.output<typeof problemCode>;

/** How a fact's value is meant: `ms` is a duration, `time` a moment in ISO 8601. */
const factKind = z.enum(['text', 'count', 'bytes', 'ms', 'time', 'yes-no']);

const fact = z.object({
  name: z.string(),
  kind: factKind,
  /** Null where it is not known. */
  value: z.union([z.string(), z.number(), z.boolean()]).nullable(),
});
export type Fact = z.output<typeof fact>;

const checkResult = z.object({
  id: checkId,
  state: checkState,
  /** Null where all is well. */
  problem: problemCode.nullable(),
  facts: z.array(fact),
});
export type CheckResult = z.output<typeof checkResult>;

export const doctorReport = z.object({
  at: z.iso.datetime(),
  checks: z.array(checkResult),
  /** All of it as plain text, to be sent to whoever helps. */
  text: z.string(),
});
export type DoctorReport = z.output<typeof doctorReport>;

/** Work that one process does for all, again and again; each end is noted, see `start/rounds`. */
export const roundName = z.enum(['watch', 'reconcile', 'sweep', 'prune']);
export type RoundName = z.output<typeof roundName>;

/** What is noted of the last of them. */
export const roundNote = z.object({
  startedAt: z.number(),
  endedAt: z.number(),
  everyMs: z.number(),
  /** Null where it did what it had to; else the error's code, or `unexpected`. */
  failed: z.string().nullable(),
});
export type RoundNote = z.output<typeof roundNote>;
