/**
 * The words server and admin share. The admin imports types from this file and nothing else of the server.
 */

export type EngineName = 'local' | 'remote' | 'auto';

/** `none`: nobody asked for a cutout. `waiting`: queued again after a failure that passes. */
export type AssetState = 'none' | 'queued' | 'running' | 'waiting' | 'ready' | 'skipped' | 'failed';

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
    engines: { local: { model: string; problem: Reason | null }; remote: { configured: boolean } };
  };
}

/** `pluginOptions.cutout` of a media attribute. */
export interface FieldSettings {
  enabled?: boolean;
  engine?: EngineName;
  /** Preset names; `['default']` when left out. */
  presets?: string[];
}
