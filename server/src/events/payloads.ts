import { z } from 'zod';
import { type EventName, jobSource, reason } from '../words';

/**
 * What each event carries, beside its own `id` and `at`. Strapi's hub hands it to subscribers as it is; a webhook gets
 * it in Strapi's envelope. `docs/events.md` tells the same, and a test compares the two.
 */

const ofJob = z.object({
  fileId: z.number(),
  jobId: z.number(),
  source: jobSource,
  /** The bulk run that the job belongs to. */
  bulk: z.number().nullable(),
});

const variant = z.object({
  key: z.string(),
  url: z.string(),
  mime: z.string(),
  width: z.number(),
  height: z.number(),
});

const ended = ofJob.extend({ reason });

export const eventPayloads = {
  'cutout.ready': ofJob.extend({ variants: z.array(variant) }),
  'cutout.failed': ended,
  'cutout.skipped': ended,
  'cutout.budget': z.object({
    /** 50, 80 or 100. */
    percent: z.number(),
    /** The whole budget. */
    credits: z.number().nullable(),
    renewsAt: z.iso.datetime(),
  }),
  'cutout.bulk': z.object({
    bulkId: z.number(),
    state: z.enum(['done', 'cancelled', 'stopped']),
    /** Why it was stopped. */
    reason: reason.nullable(),
    /** Its jobs by how they ended. */
    jobs: z.object({
      done: z.number(),
      skipped: z.number(),
      failed: z.number(),
      held: z.number(),
      cancelled: z.number(),
    }),
    /** Credits it used. */
    credits: z.number(),
    startedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime(),
  }),
} as const satisfies Record<EventName, z.ZodObject>;

export type EventPayload<Name extends EventName> = z.output<(typeof eventPayloads)[Name]>;

/** On every event: the same when it is delivered twice, so that a receiver can drop the double; and when it happened. */
export const eventMark = z.object({ id: z.uuid(), at: z.iso.datetime() });
