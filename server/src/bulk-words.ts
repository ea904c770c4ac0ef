import { z } from 'zod';
import { type Effort, engineName, reason } from './words';

/** The words of bulk runs, which the API, the command line and the runs themselves share. */

const moment = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

/** Which files of the media library a run is about; all of them without any. What is named must all be so. */
export const bulkFilter = z
  .strictObject({
    /** As the media library names it, with its subfolders. */
    folder: z
      .string()
      .regex(/^(\/[^/]+)+$/, "expected a folder like '/Products'")
      .optional(),
    /** Uid of the content type, or component, whose media fields use the file. */
    contentType: z.string().optional(),
    /** Name of the media field; takes a content type. */
    field: z.string().optional(),
    /** Used by an entry of that status. */
    status: z.enum(['draft', 'published']).optional(),
    uploadedFrom: moment.optional(),
    /** First moment that counts no more. */
    uploadedTo: moment.optional(),
    /** `missing`: without a cutout. `stale`: made otherwise than it would be made now. Else how its last job ended. */
    state: z.enum(['missing', 'stale', 'failed', 'skipped', 'cancelled']).optional(),
    /** Code of the reason why it failed or was skipped. */
    reason: z.string().optional(),
  })
  .refine(({ field, contentType }) => field === undefined || contentType !== undefined, {
    path: ['field'],
    message: 'expected a contentType with it',
  })
  .refine(({ reason, state }) => reason === undefined || state === 'failed' || state === 'skipped', {
    path: ['reason'],
    message: "expected state 'failed' or 'skipped' with it",
  });
export type BulkFilter = z.output<typeof bulkFilter>;

/** Body of `POST /cutout/bulk`. */
export const bulkRequest = z.strictObject({
  filter: bulkFilter.prefault({}),
  /** Asked for each of the files, as a person's wish; what fields and rules want when left out. */
  presets: z.array(z.string().max(200)).min(1).max(100).optional(),
  engine: engineName.optional(),
  /** Credits that are set aside for the run; it stops when they are used up. */
  credits: z.int().min(0).optional(),
});
export type BulkRequest = z.output<typeof bulkRequest>;

/** What a dry run found. Each file that matches counts in one of the first nine, `matching` being their sum. */
export const bulkPlan = z.object({
  matching: z.number(),
  /** A job would be made. */
  make: z.number(),
  /** What is wanted is there. */
  done: z.number(),
  underWay: z.number(),
  /** No field, rule or wish wants a cutout. */
  unwanted: z.number(),
  /** By type and name, a document or a film. */
  notPictures: z.number(),
  /** By what an earlier job found in the same bytes. */
  transparent: z.number(),
  /** By an earlier job; or, a guess, by the size that Strapi wrote down. */
  tooLarge: z.number(),
  /** By an earlier job; or, a guess, by its type (SVG). */
  unreadable: z.number(),
  /** Its last job failed, was skipped or is held for another reason, and that is not asked again. */
  settled: z.number(),
  /** A guess: of `make`, those whose size, sides and type are those of another one; equal bytes are cut out once. */
  sameBytes: z.number(),
  /** At the median of the last jobs; null before there were any. */
  minutes: z.number().nullable(),
  credits: z.object({
    /** For files that only the remote engine is to make and that have no paid matte, without `sameBytes` guessed away. */
    atMost: z.number(),
    /** The same, where `auto` stays with the local engine and files that look the same are the same. */
    atLeast: z.number(),
    /** What the account has left, beyond its reserve; null without one. */
    spendable: z.number().nullable(),
  }),
});
export type BulkPlan = z.output<typeof bulkPlan>;

export const bulkState = z.enum(['planned', 'running', 'paused', 'done', 'cancelled', 'stopped']);
export type BulkState = z.output<typeof bulkState>;

/** Jobs of a run by how they stand. */
export const bulkJobs = z.object({
  queued: z.number(),
  running: z.number(),
  done: z.number(),
  skipped: z.number(),
  failed: z.number(),
  held: z.number(),
  cancelled: z.number(),
});
export type BulkJobs = z.output<typeof bulkJobs>;

export const bulkView = z.object({
  id: z.number(),
  state: bulkState,
  /** It is coming to this end, and waits for what it has in hand. */
  ending: z.enum(['cancelled', 'stopped']).nullable(),
  /** Why it was stopped. */
  reason: reason.nullable(),
  request: bulkRequest,
  plan: bulkPlan,
  jobs: bulkJobs,
  /** Credits that it used. */
  credits: z.number(),
  /** Jobs per minute, over the last ones; null before there are two. */
  perMinute: z.number().nullable(),
  /** When it will be done at that rate. */
  doneAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
});
export type BulkView = z.output<typeof bulkView>;

export const staleCause = z.enum(['options', 'engine', 'model', 'effort', 'refine']);
export type StaleCause = z.output<typeof staleCause>;

/** What the local engine makes mattes with now. */
export interface LocalMaking {
  model: string;
  /** Names weights and recipe; empty where they cannot be told. */
  weights: string;
  /** Models whose mattes count as its own. */
  equals: readonly { model: string; weights: string }[];
  effort: Effort;
}

/** How variants are made now, beside their presets. */
export interface Making {
  local: LocalMaking;
  refine: boolean;
}
