/**
 * The words server and admin share. The admin imports types from this file and nothing else of the server.
 */

export type EngineName = 'local' | 'remote' | 'auto';

/** What caused a job; the ledger counts by it. */
export type JobSource = 'upload' | 'field' | 'admin' | 'api' | 'bulk';

/**
 * `none`: nobody asked for a cutout. `waiting`: queued again for a reason that passes. `held`: a person has to decide;
 * running it with `force` is the decision.
 */
export type AssetState = 'none' | 'queued' | 'running' | 'waiting' | 'held' | 'ready' | 'skipped' | 'failed';

export interface Reason {
  code: string;
  message: string;
}

export interface VariantView {
  /** Key in `formats`: `cutout`, `cutout_<preset>` or `cutout_matte`. */
  key: string;
  url: string;
  mime: string;
  width: number;
  height: number;
  /** KB, as Strapi counts. */
  size: number;
}

export interface AssetStatus {
  fileId: number;
  name: string;
  state: AssetState;
  /** Why it was skipped, failed or waits. */
  reason: Reason | null;
  attempts: number;
  engine: 'local' | 'remote' | null;
  model: string | null;
  /** Why this engine made it. */
  chosenBecause: string | null;
  /** 0…1, how sure the matte looks; null when none is stored. */
  confidence: number | null;
  /** 0…1 of the transfer under way; null when nothing is transferred or its size is unknown. */
  progress: number | null;
  /** When a waiting job is tried again, ISO 8601. */
  retryAt: string | null;
  /** Wall-clock milliseconds of the last finished job. */
  durationMs: number | null;
  variants: VariantView[];
}

/** `GET /cutout/assets/:id` and the answer of `POST /cutout/assets/:id/run` and `DELETE /cutout/assets/:id` (removes the variants). */
export interface AssetResponse {
  data: AssetStatus;
}

/** Body of `POST /cutout/assets/:id/run`. */
export interface RunRequest {
  /** Preset names; the `default` preset when left out. */
  presets?: string[];
  engine?: EngineName;
  /** Make it anew although nothing changed. */
  force?: boolean;
}

/** `GET /cutout/overview`: what forms and panels need to know. */
export interface OverviewResponse {
  data: {
    presets: { name: string; key: string }[];
    engines: {
      local: { model: string; problem: Reason | null };
      remote: { configured: boolean; problem: Reason | null };
    };
  };
}

/** `pluginOptions.cutout` of a media attribute. */
export interface FieldSettings {
  enabled?: boolean;
  engine?: EngineName;
  /** Preset names; `['default']` when left out. */
  presets?: string[];
}

/** `GET /cutout/usage`: what was spent, what is left, and until when. Times are ISO 8601. */
export interface UsageResponse {
  data: {
    cycle: {
      startsAt: string;
      endsAt: string;
      /** False: the account tells no subscription window, the UTC calendar month stands in. */
      synced: boolean;
    };
    /** This Strapi's own count in the cycle, in credits. */
    ledger: { charged: number; unknown: number; reserved: number; held: number };
    /** Units of work in the cycle that cost no credit. */
    savings: { local: number; storedMatte: number };
    budget: { credits: number | null; reserve: number; atLimit: 'hold' | 'local'; spent: number };
    /** Null without an API key, or before the account service answered once. */
    account: {
      plan: string;
      includedCredits: number;
      prepaidCredits: number;
      remainingIncludedCredits: number;
      spendable: number;
      appUsage: number;
      apiUsage: number;
      asOf: string;
      /** The service does not answer now; this is what it told last. */
      stale: boolean;
    } | null;
    /** Why the account service does not answer. */
    accountProblem: string | null;
    /** Newest first. */
    cycles: { startsAt: string; endsAt: string; appUsage: number; apiUsage: number }[];
    forecast: { perDay: number; runsOutAt: string | null } | null;
    /** Credits that the account counts by API key in this cycle beyond this ledger's: other users of the key, or drift. */
    drift: number | null;
    /** Why remote work is stopped, and until when; null while it goes on. */
    stopped: { reason: Reason; until: string | null } | null;
  };
}
