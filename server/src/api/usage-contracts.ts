import { z } from 'zod';
import { jobSource, reason } from '../words';

/** What the credits page and this server say to each other; `contracts.ts` hands it on. */

const isoTime = z.iso.datetime();
const count = z.int().nonnegative();
const span = { startsAt: isoTime, endsAt: isoTime };

/** Far enough for every database. */
const LAST_SECOND = 253_402_300_799;
const period = {
  /** Start of a billing cycle, as the account lists them. */
  periodStartUnix: z.coerce.number().int().positive().max(LAST_SECOND).optional(),
  /** A calendar month (UTC); the running one's where only one of both is given. */
  year: z.coerce.number().int().min(2000).max(9999).optional(),
  month: z.coerce.number().int().min(1).max(12).optional(),
};
const isOnePeriod = ({
  periodStartUnix,
  year,
  month,
}: {
  periodStartUnix?: unknown;
  year?: unknown;
  month?: unknown;
}) => periodStartUnix === undefined || (year === undefined && month === undefined);
const onePeriod = { path: ['periodStartUnix'], message: 'Expected no year or month together with it.' };

/** Query of `GET /cutout/usage` and `GET /cutout/usage/export`; without a period the window under way is told. */
export const usageQuery = z
  .object({
    ...period,
    /** `1`: the account is asked first, which takes four seconds at most; else it is told as it was known last. */
    ask: z
      .enum(['0', '1'])
      .default('0')
      .transform((ask) => ask === '1'),
  })
  .refine(isOnePeriod, onePeriod);
export type UsageQuery = z.output<typeof usageQuery>;

const dayCount = z.object({
  /** A day in UTC: `2026-11-20`. */
  day: z.iso.date(),
  /** A paid call, a run of the model on this server, or a matte that was there already. */
  made: z.enum(['remote', 'local', 'stored']),
  source: jobSource,
  pictures: count,
  credits: count,
});
export type DayCount = z.output<typeof dayCount>;

/** `GET /cutout/usage`: what was spent, what is left, and until when; all of one reading. */
export const usageResponse = z.object({
  data: z.object({
    /** This server's clock. */
    now: isoTime,
    /** An API key is configured. */
    configured: z.boolean(),
    /** The window that budgets count in now. */
    cycle: z.object({
      ...span,
      /** False: the account tells no subscription window, the UTC calendar month stands in. */
      synced: z.boolean(),
      /** Carried forward from the last cycle the account told: it has not told this one yet. */
      projected: z.boolean(),
    }),
    /** The span that `ledger`, `savings`, `days` and `periodUse` are about; `isCurrent`: the cycle above. */
    period: z.object({ ...span, kind: z.enum(['cycle', 'month']), isCurrent: z.boolean() }),
    /** This Strapi's own count in the period, in credits; `reserved` and `held` are those of this moment. */
    ledger: z.object({ charged: count, unknown: count, reserved: count, held: count }),
    /** Different pictures that the local engine cut out, and jobs that took a matte paid for by another. */
    savings: z.object({ local: count, storedMatte: count }),
    /** By UTC day, the oldest first. */
    days: z.array(dayCount),
    /** Free work of before then may have been deleted from the ledger. */
    keptSince: isoTime,
    /** Of the cycle. */
    budget: z.object({
      credits: z.number().nullable(),
      reserve: z.number(),
      atLimit: z.enum(['hold', 'local']),
      spent: count,
      /** Per cent of the budget that the last alert of the cycle went out for; null for none. */
      alerted: count.nullable(),
      /** When it is used up at this Strapi's rate; null when it lasts, and without a budget. */
      runsOutAt: isoTime.nullable(),
    }),
    /** Null without an API key, or before the account service answered once. */
    account: z
      .object({
        plan: z.string(),
        includedCredits: z.number(),
        prepaidCredits: z.number(),
        remainingIncludedCredits: z.number(),
        spendable: z.number(),
        appUsage: z.number(),
        apiUsage: z.number(),
        /** False: its figures are those of the UTC calendar month. */
        synced: z.boolean(),
        /** Prepaid credits that were seen to go since the account was first read in its window; they are in no usage. */
        prepaidUsed: z.number().nullable(),
        asOf: isoTime,
        /** The service does not answer now; this is what it told last. */
        stale: z.boolean(),
      })
      .nullable(),
    /** What the account counted in a period that is not the cycle; null where it has not told. */
    periodUse: z
      .object({
        appUsage: z.number(),
        apiUsage: z.number(),
        includedCredits: z.number().nullable(),
        synced: z.boolean(),
      })
      .nullable(),
    /** Why the account service does not answer. */
    accountProblem: reason.nullable(),
    /** Newest first. */
    cycles: z.array(
      z.object({
        ...span,
        periodStartUnix: z.int(),
        appUsage: z.number(),
        apiUsage: z.number(),
        isCurrent: z.boolean(),
      }),
    ),
    forecast: z.object({ perDay: z.number(), runsOutAt: isoTime.nullable() }).nullable(),
    /**
     * Credits that the account counts by API key, prepaid ones included, beyond what this ledger can explain (other users
     * of the key), or falls short of it. Calls whose outcome is unknown explain what they may. Null when the account has
     * told of another window than the ledger's.
     */
    drift: z.number().nullable(),
    /** The account's last two answers came to the same drift. */
    driftAgrees: z.boolean(),
    /** Why remote work is stopped, and until when; null while it goes on. */
    stopped: z.object({ reason, until: isoTime.nullable() }).nullable(),
    /** Images that wait for money, the account or the service, by the reason's code; `held`: for a person. */
    waiting: z.array(z.object({ state: z.enum(['waiting', 'held']), code: z.string(), count })),
    /** Calls of unknown outcome that nobody has settled, of all times. */
    unknownCalls: count,
  }),
});
export type UsageResponse = z.output<typeof usageResponse>;

/** Query of `GET /cutout/usage/calls`: the newest hundred of a period, or (`unknown`) all that are to be settled. */
export const callsQuery = z
  .object({
    ...period,
    outcome: z.enum(['paid', 'unknown']).default('paid'),
    page: z.coerce.number().int().min(1).max(1_000_000).default(1),
    pageSize: z.coerce.number().int().min(1).max(100).default(10),
  })
  .refine(isOnePeriod, onePeriod);
export type CallsQuery = z.output<typeof callsQuery>;

const callView = z.object({
  id: z.int(),
  /** When it was begun, and when it ended. */
  startedAt: isoTime,
  endedAt: isoTime,
  outcome: z.enum(['reserved', 'charged', 'free', 'unknown']),
  credits: count,
  /** Code of what went wrong. */
  reason: z.string().nullable(),
  source: jobSource.nullable(),
  fileId: z.int().nullable(),
  /** Null where it is gone, or this person may not see it. */
  fileName: z.string().nullable(),
  /** Who settled it by hand, and when. */
  settledBy: z.string().nullable(),
  settledAt: isoTime.nullable(),
});
export type CallView = z.output<typeof callView>;

export const callsResponse = z.object({
  data: z.array(callView),
  meta: z.object({ page: count, pageSize: count, total: count }),
});
export type CallsResponse = z.output<typeof callsResponse>;

/** Body of `POST /cutout/usage/calls/:id/settle`, and its answer. */
export const settleRequest = z.strictObject({ charged: z.boolean() });
export const callResponse = z.object({ data: callView });
export type CallResponse = z.output<typeof callResponse>;
