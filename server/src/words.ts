import { z } from 'zod';

/**
 * The words that every part shares. They stand on the ground floor: tables, rules, jobs, the API and the admin import
 * them from here, and nothing here imports any of those. Types are inferred from the schemas.
 */

/** What somebody asks for; `auto` chooses one of the two engines. */
export const engineName = z.enum(['local', 'remote', 'auto']);
export type EngineName = z.output<typeof engineName>;

/** What makes a matte. */
export const engineId = z.enum(['local', 'remote']);
export type EngineId = z.output<typeof engineId>;

/** What the local engine takes upon itself for a matte, the least first; docs/models.md says what each does. */
export const effort = z.enum(['fast', 'balanced', 'best']);
export type Effort = z.output<typeof effort>;

/** Efforts that are as good as the one wished for or better, the best first. */
export const betterOrSame = (wished: Effort): Effort[] =>
  effort.options.slice(effort.options.indexOf(wished)).reverse();

/**
 * The permission of the admin panel for paid runs, and forced ones: those may end in a second charge where the outcome of
 * the first is unknown.
 */
export const PAY = 'plugin::cutout.pay';

/** What caused a job; the ledger counts by it. */
export const jobSource = z.enum(['upload', 'field', 'admin', 'api', 'bulk']);
export type JobSource = z.output<typeof jobSource>;

/** In which order due jobs are taken: a person waits for the first, a bulk run has time. */
export const priorityOf = (source: JobSource): number =>
  ({ admin: 0, api: 0, upload: 10, field: 10, bulk: 20 })[source];

/** All there are, the first to be taken first. */
export const priorities: readonly number[] = [...new Set(jobSource.options.map(priorityOf))].sort((a, b) => a - b);

/** `held`: a person has to decide, see the reason. `cancelled`: a person does not want it any more. */
export const jobState = z.enum(['queued', 'running', 'done', 'skipped', 'failed', 'held', 'cancelled']);
export type JobState = z.output<typeof jobState>;

/**
 * `none`: nobody asked for a cutout. `waiting`: queued again for a reason that passes. `held`: a person has to decide;
 * running it with `force` is the decision. `cancelled`: a person stopped it; running it begins anew.
 */
export const assetState = z.enum([
  'none',
  'queued',
  'running',
  'waiting',
  'held',
  'ready',
  'skipped',
  'failed',
  'cancelled',
]);
export type AssetState = z.output<typeof assetState>;

/** What the plugin tells Strapi's event hub and webhooks; events/payloads.ts has what each carries. */
export const eventName = z.enum(['cutout.ready', 'cutout.failed', 'cutout.skipped', 'cutout.budget', 'cutout.bulk']);
export type EventName = z.output<typeof eventName>;

export const reason = z.object({ code: z.string(), message: z.string() });
export type Reason = z.output<typeof reason>;

/** Why an engine could not do it, in the words of `auto.fallbackOn`. */
export const failureKinds = z.enum(['unavailable', 'limit', 'account', 'refused', 'unknown', 'model']);
export type FailureKind = z.output<typeof failureKinds>;

/**
 * `pluginOptions.cutout` of a media attribute, as rules/field-settings reads it. The `default` preset when `presets` is
 * left out.
 */
export interface FieldSettings {
  enabled?: boolean;
  engine?: EngineName;
  presets?: string[];
  /** Larger pictures get no cutout for this field's sake. */
  maxPixels?: number;
}

/**
 * Compose options of one asset, in place of its preset's: what is left out is the option's default, but `sizes`, which are
 * the preset's then. Options themselves are checked where they come in.
 */
const ownOptions = z.record(z.string(), z.unknown());
export type OwnOptions = z.output<typeof ownOptions>;

/** What a person, or the uploading request, asked for one asset beside the rules. */
export const assetWish = z.object({
  engine: engineName.optional(),
  presets: z.array(z.string()),
  /** By preset; each of these presets is among `presets`. */
  options: z.record(z.string(), ownOptions).optional(),
  /** Of the local engine's matte, in place of the configuration's. */
  effort: effort.optional(),
  /** Names in what was asked last that no preset has; they are told with the asset's state. */
  unknown: z.array(z.string()).optional(),
});
export type AssetWish = z.output<typeof assetWish>;

/** What an event asks the planner, kept as JSON until the planner acts on it. */
export const planRequest = z.object({
  source: jobSource,
  /** Presets (and engine) asked for this asset by a person or by the uploading request; remembered for its next bytes. */
  wish: assetWish.optional(),
  /**
   * A person asked for this asset: what failed, was skipped or waits is tried again, an upload's opt-out counts no more,
   * and where no field, rule or wish wants the asset it gets the default preset as a wish.
   */
  asked: z.boolean().optional(),
  /** The uploading request wants none, whatever the rules say. */
  optOut: z.boolean().optional(),
  /** What a person wished is taken back: all of it, or these presets. */
  unwish: z.union([z.boolean(), z.array(z.string())]).optional(),
  /** Presets that go by the preset's options again. */
  unwishOptions: z.array(z.string()).optional(),
  /**
   * Only options have changed: these presets alone are made, of the matte that the asset has, whatever engine made it. No
   * model runs and nothing is paid.
   */
  composeOnly: z.array(z.string()).optional(),
  /** Make all anew although nothing changed. */
  force: z.boolean().optional(),
  /** The asset has new bytes; `counted` when their version was counted already. */
  replaced: z.enum(['counted', 'uncounted']).optional(),
  /** The bulk run that asks. */
  bulk: z.number().optional(),
  /** What was made otherwise than it would be made now is made anew, see jobs/stale.ts. */
  renew: z.boolean().optional(),
  /** The asset's matte is another now: all that it has is composed anew. */
  recompose: z.boolean().optional(),
  /** Reasons that are gone: a last job that failed for one of them counts for nothing. */
  cured: z.array(z.string()).optional(),
});
export type PlanRequest = z.output<typeof planRequest>;

/** In per cent of width and height, as Strapi keeps it. */
export interface FocalPoint {
  x: number;
  y: number;
}
