import { z } from 'zod';
import { bulkView, staleCause } from '../bulk-words';
import { assetState, assetWish, engineId, engineName, reason } from '../words';

/**
 * What the admin and this server say to each other. The admin imports types from this file and nothing else of the
 * server.
 */

export type { AssetState, EngineName, FieldSettings, JobSource, Reason } from '../words';

const isoTime = z.iso.datetime();

const variantView = z.object({
  /** Key in `formats`: `cutout`, `cutout_<preset>` or `cutout_matte`. */
  key: z.string(),
  url: z.string(),
  mime: z.string(),
  width: z.number(),
  height: z.number(),
  /** KB, as Strapi counts. */
  size: z.number(),
});
export type VariantView = z.output<typeof variantView>;

const assetStatus = z.object({
  fileId: z.number(),
  name: z.string(),
  state: assetState,
  /** Why it was skipped, failed, was cancelled or waits. */
  reason: reason.nullable(),
  attempts: z.number(),
  engine: engineId.nullable(),
  model: z.string().nullable(),
  /** Why this engine made it. */
  chosenBecause: z.string().nullable(),
  /** 0…1, how sure the matte looks; null when none is stored. */
  confidence: z.number().nullable(),
  /** The local matte is less sure than `local.reviewBelow`: a person should look at the cutout. */
  review: z.boolean(),
  /** 0…1 of the transfer under way; null when nothing is transferred or its size is unknown. */
  progress: z.number().nullable(),
  /** When a waiting job is tried again. */
  retryAt: isoTime.nullable(),
  /** Wall-clock milliseconds of the last finished job. */
  durationMs: z.number().nullable(),
  /** What a person asked for this asset beside its fields and rules; `DELETE /cutout/assets/:id/wish` takes it back. */
  wish: assetWish.nullable(),
  /** What of its variants was made otherwise than it would be made now; a bulk run with state `stale` renews them. */
  stale: z.array(staleCause),
  variants: z.array(variantView),
});
export type AssetStatus = z.output<typeof assetStatus>;

/** What the person who asks may do with this one file; the conditions of its permissions are looked at. */
const assetRights = z.object({
  /** Have made what its fields and rules want: a run with an empty body. */
  run: z.boolean(),
  /** Have it made anew: a run with `force`. */
  force: z.boolean(),
  /** Take the wish back. */
  forgetWish: z.boolean(),
});
export type AssetRights = z.output<typeof assetRights>;

const assetView = assetStatus.extend({ may: assetRights });
export type AssetView = z.output<typeof assetView>;

/**
 * `GET /cutout/assets/:id` and the answer of `POST /cutout/assets/:id/run`, `POST /cutout/assets/:id/cancel` (ends what
 * is queued, runs, waits or is held), `DELETE /cutout/assets/:id/wish` and `DELETE /cutout/assets/:id` (removes the variants).
 */
export const assetResponse = z.object({ data: assetView });
export type AssetResponse = z.output<typeof assetResponse>;

/** Body of `POST /cutout/assets/:id/run`. */
export const runRequest = z.strictObject({
  /** Preset names; what the asset's fields and rules want when left out. */
  presets: z.array(z.string().max(200)).min(1).max(100).optional(),
  /** As the asset's fields and rules say when left out. */
  engine: engineName.optional(),
  /** Make it anew although nothing changed. */
  force: z.boolean().optional(),
});
export type RunRequest = z.output<typeof runRequest>;

/** `GET /cutout/overview`: what forms and panels need to know. */
export const overviewResponse = z.object({
  data: z.object({
    presets: z.array(z.object({ name: z.string(), key: z.string() })),
    engines: z.object({
      local: z.object({ model: z.string(), problem: reason.nullable() }),
      remote: z.object({ configured: z.boolean(), problem: reason.nullable() }),
    }),
  }),
});
export type OverviewResponse = z.output<typeof overviewResponse>;

export { bulkRequest } from '../bulk-words';
export type { BulkRequest, BulkView } from '../bulk-words';

/** Answer of `POST /cutout/bulk` (a dry run), `GET /cutout/bulk/:id` and `POST /cutout/bulk/:id/start`, `pause`, … */
export const bulkResponse = z.object({ data: bulkView });
export type BulkResponse = z.output<typeof bulkResponse>;

/** `GET /cutout/bulk`: the newest runs first. */
export const bulkListResponse = z.object({ data: z.array(bulkView) });
export type BulkListResponse = z.output<typeof bulkListResponse>;

/** Answer of `POST /cutout/account/check`: whether the account takes calls again, and why not. */
export const accountCheckResponse = z.object({ data: z.object({ ok: z.boolean(), problem: reason.nullable() }) });
export type AccountCheckResponse = z.output<typeof accountCheckResponse>;

/** `GET /cutout/usage`: what was spent, what is left, and until when. */
export const usageResponse = z.object({
  data: z.object({
    cycle: z.object({
      startsAt: isoTime,
      endsAt: isoTime,
      /** False: the account tells no subscription window, the UTC calendar month stands in. */
      synced: z.boolean(),
      /** Carried forward from the last cycle the account told: it has not told this one yet. */
      projected: z.boolean(),
    }),
    /** This Strapi's own count in the cycle, in credits; `reserved` and `held` are those of this moment. */
    ledger: z.object({ charged: z.number(), unknown: z.number(), reserved: z.number(), held: z.number() }),
    /** Of the cycle: different pictures that the local engine cut out, and jobs that took a matte paid for by another. */
    savings: z.object({ local: z.number(), storedMatte: z.number() }),
    budget: z.object({
      credits: z.number().nullable(),
      reserve: z.number(),
      atLimit: z.enum(['hold', 'local']),
      spent: z.number(),
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
        /** Prepaid credits that were seen to go since the account was first read in its window; they are in no usage. */
        prepaidUsed: z.number().nullable(),
        asOf: isoTime,
        /** The service does not answer now; this is what it told last. */
        stale: z.boolean(),
      })
      .nullable(),
    /** Why the account service does not answer. */
    accountProblem: z.string().nullable(),
    /** Newest first. */
    cycles: z.array(z.object({ startsAt: isoTime, endsAt: isoTime, appUsage: z.number(), apiUsage: z.number() })),
    forecast: z.object({ perDay: z.number(), runsOutAt: isoTime.nullable() }).nullable(),
    /**
     * Credits that the account counts by API key, prepaid ones included, beyond what this ledger can explain (other users
     * of the key), or falls short of it. Calls whose outcome is unknown explain what they may. Null when the account has
     * told of another window than the ledger's.
     */
    drift: z.number().nullable(),
    /** Why remote work is stopped, and until when; null while it goes on. */
    stopped: z.object({ reason, until: isoTime.nullable() }).nullable(),
  }),
});
export type UsageResponse = z.output<typeof usageResponse>;
