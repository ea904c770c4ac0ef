import { z } from 'zod';
import { bulkPlan, bulkView, staleCause } from '../bulk-words';
import { doctorReport } from '../doctor-words';
import { MOST_ID } from '../tables/shared';
import { assetState, assetWish, effort, engineId, engineName, reason } from '../words';

/**
 * What the admin and this server say to each other. The admin imports types from this file and nothing else of the
 * server.
 */

export type { CheckResult, DoctorReport, Fact, ProblemCode } from '../doctor-words';
export type { AssetState, Effort, EngineName, FieldSettings, JobSource, OwnOptions, Reason } from '../words';

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
  /** The local matte is less sure than `local.reviewBelow`, and nobody has accepted it: a person should look at it. */
  review: z.boolean(),
  /** 0…1 of the transfer under way; null when nothing is transferred or its size is unknown. */
  progress: z.number().nullable(),
  /** When a waiting job is tried again. */
  retryAt: isoTime.nullable(),
  /** Wall-clock milliseconds of the last finished job. */
  durationMs: z.number().nullable(),
  /** What a person asked for this asset beside its fields and rules; `DELETE /cutout/assets/:id/wish` takes it back. */
  wish: assetWish.nullable(),
  /** Presets for which this image has options of its own. */
  ownOptions: z.array(z.string()),
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
  /** Have it made on this server, which costs nothing: a run with the engine `local`. */
  local: z.boolean(),
  /** Have it made by the Rembg API: a run with the engine `remote`. */
  remote: z.boolean(),
  /** Remove the cutout. */
  remove: z.boolean(),
});
export type AssetRights = z.output<typeof assetRights>;

const assetView = assetStatus.extend({
  /** What the reason is about (a limit, a number of credits), for texts in the admin's languages. */
  reasonValues: z.record(z.string(), z.number()),
  /** A small picture of the cutout; null for one made before there were any, and for one that is small itself. */
  thumbnail: variantView.nullable(),
  /** A person, or the request that uploaded it, wants none; rules make none until somebody asks. */
  optedOut: z.boolean(),
  /** A person looked at a doubtful cutout and takes it as it is. */
  accepted: z.boolean(),
  /** A person corrected the matte: it stands whatever engine is asked for. */
  corrected: z.boolean(),
  /** Credits that a run by the Rembg API would cost: none where these bytes are paid for. */
  remoteCredits: z.number(),
  /** The same of a run with an empty body: none where it is made on this server. */
  runCredits: z.number(),
  may: assetRights,
});
export type AssetView = z.output<typeof assetView>;

export const MOST_ASSETS = 200;
/** Also of a job, a call, or any other row. */
export const rowId = z.coerce.number().int().positive().max(MOST_ID);

/** Query of `GET /cutout/assets`: `ids=1,2,3`. */
export const assetsQuery = z.object({
  ids: z
    .string()
    .max(MOST_ASSETS * 11)
    .transform((ids) => [...new Set<unknown>(ids.split(','))])
    .pipe(z.array(rowId).min(1).max(MOST_ASSETS)),
});

/** `GET /cutout/assets?ids=…`: those that this person may see, in the order of the ids. */
export const assetsResponse = z.object({
  data: z.array(assetView),
  meta: z.object({
    forbidden: z.array(z.number()),
    missing: z.array(z.number()),
    /** This server's clock, which `retryAt` goes by. */
    now: isoTime,
  }),
});
export type AssetsResponse = z.output<typeof assetsResponse>;

/**
 * `GET /cutout/assets/:id` and the answer of `POST /cutout/assets/:id/run`, `POST /cutout/assets/:id/cancel` (ends what
 * is queued, runs, waits or is held), `PUT` and `DELETE /cutout/assets/:id/options`, `DELETE /cutout/assets/:id/wish` and `DELETE /cutout/assets/:id` (removes the variants).
 */
export const assetResponse = z.object({ data: assetView });
export type AssetResponse = z.output<typeof assetResponse>;

/** Body of `POST /cutout/assets/:id/run`. */
export const runRequest = z.strictObject({
  /** Preset names; what the asset's fields and rules want when left out. */
  presets: z.array(z.string().max(200)).min(1).max(100).optional(),
  /** As the asset's fields and rules say when left out. */
  engine: engineName.optional(),
  /** Of the local engine's matte; as the configuration says when left out. A matte of less effort is made anew. */
  effort: effort.optional(),
  /** Make it anew although nothing changed. */
  force: z.boolean().optional(),
});
export type RunRequest = z.output<typeof runRequest>;

/** Body of `PUT /cutout/assets/:id/options`: this image's variant of the preset is made by these from now on. */
export const ownOptionsRequest = z.strictObject({
  preset: z.string().max(200),
  /** Compose options; what is left out is the option's default, but `sizes`, which are the preset's then. */
  options: z.record(z.string(), z.unknown()),
});
export type OwnOptionsRequest = z.output<typeof ownOptionsRequest>;
/** Query of `DELETE /cutout/assets/:id/options`: back to the preset's. */
export const ownOptionsQuery = z.strictObject({ preset: z.string().max(200) });

/** Query of `PUT /cutout/assets/:id/matte`: `keep=transparent` leaves the stored matte where the picture is transparent. */
export const matteQuery = z.object({ keep: z.literal('transparent').optional() });

/** Body of `POST /cutout/assets/run`: the same for each of these. */
export const runManyRequest = runRequest.extend({ ids: z.array(rowId).min(1).max(MOST_ASSETS) });
export type RunManyRequest = z.output<typeof runManyRequest>;
/** Body of `POST /cutout/assets/remove`. */
export const removeManyRequest = runManyRequest.pick({ ids: true });

export {
  libraryFiltersResponse,
  libraryQuery,
  libraryResponse,
  shownState,
  type LibraryFile,
  type LibraryFiltersResponse,
  type LibraryQuery,
  type LibraryResponse,
  type LibrarySearch,
  type ShownState,
} from './library-contracts';

/** `GET /cutout/overview`: what forms and panels need to know. */
export const overviewResponse = z.object({
  data: z.object({
    presets: z.array(z.object({ name: z.string(), key: z.string() })),
    engines: z.object({
      local: z.object({
        model: z.string(),
        /** The usual one. */
        effort,
        problem: reason.nullable(),
        /** What its last pictures took, the median; null while it has made none. */
        typicalMs: z.number().nullable(),
      }),
      remote: z.object({
        configured: z.boolean(),
        problem: reason.nullable(),
        /** Credits left to spend; null where they are not known, and for those who may not see credits. */
        spendable: z.number().nullable(),
      }),
    }),
  }),
});
export type OverviewResponse = z.output<typeof overviewResponse>;

export { editorResponse, type ComposeOptions, type EditorResponse } from './editor-contracts';

export { bulkRequest } from '../bulk-words';
export type { BulkFilter, BulkJobs, BulkPlan, BulkRequest, BulkState, BulkView } from '../bulk-words';

/** Body of `POST /cutout/bulk/:id/start`. */
export const bulkStart = z.strictObject({
  /** Set aside for it in place of those that it was planned with; it stops when they are used up. */
  credits: z.int().min(0).optional(),
});
export type BulkStart = z.output<typeof bulkStart>;

/** Answer of `POST /cutout/bulk` (a dry run), `GET /cutout/bulk/:id` and `POST /cutout/bulk/:id/start`, `pause`, … */
export const bulkResponse = z.object({ data: bulkView });
export type BulkResponse = z.output<typeof bulkResponse>;

/** `GET /cutout/bulk`: the newest runs first. */
export const bulkListResponse = z.object({ data: z.array(bulkView) });
export type BulkListResponse = z.output<typeof bulkListResponse>;

export const MOST_ENTRIES = 100;

/** Body of `POST /cutout/entries`: has made what fields, rules and wishes want of the images in these entries. */
export const entriesRequest = z.strictObject({
  /** Uid of their content type. */
  contentType: z.string().max(200),
  documentIds: z.array(z.string().max(100)).min(1).max(MOST_ENTRIES),
  /** Of a type with locales, the one whose images are meant; all of them when left out. */
  locale: z.string().max(50).optional(),
  /** Without it the answer only tells what would be made. */
  start: z.boolean().optional(),
});
export type EntriesRequest = z.output<typeof entriesRequest>;

export const entriesResponse = z.object({
  data: z.object({
    /** Those that this person may read. */
    entries: z.number(),
    /** Of their images that this person may have made. */
    plan: bulkPlan,
    /** Images that this person may not change. */
    forbidden: z.number(),
    /** Images that may cost a credit, which this person may not spend. */
    unpaid: z.number(),
    /** Jobs that were made; none without `start`. */
    asked: z.number(),
  }),
});
export type EntriesResponse = z.output<typeof entriesResponse>;

/** Answer of `POST /cutout/account/check`: whether the account takes calls again, and why not. */
export const accountCheckResponse = z.object({ data: z.object({ ok: z.boolean(), problem: reason.nullable() }) });
export type AccountCheckResponse = z.output<typeof accountCheckResponse>;

export {
  callsQuery,
  callsResponse,
  callResponse,
  settleRequest,
  usageQuery,
  usageResponse,
  type CallResponse,
  type CallsQuery,
  type CallsResponse,
  type CallView,
  type DayCount,
  type UsageQuery,
  type UsageResponse,
} from './usage-contracts';

export {
  apiKeyChange,
  presetChange,
  reachQuery,
  rulesChange,
  seenVersion,
  settingsChange,
  settingsResponse,
  type ApiKeyChange,
  type PresetChange,
  type PresetView,
  type ReachResponse,
  type RulesChange,
  type RuleValue,
  type SettingsChange,
  type SettingsResponse,
  type SettingsView,
} from './settings-contracts';
export type { SettingKey, SettingSource } from '../settings-words';

export const doctorResponse = z.object({ data: doctorReport });
export type DoctorResponse = z.output<typeof doctorResponse>;
