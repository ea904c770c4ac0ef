import { z } from 'zod';
import { type ComposeOptions } from '../options';
import { engineName, eventName } from '../words';
import { settingKey, settingSource, settingsProblem } from '../settings-words';

/** What the settings page and this server say to each other. */

const entry = z.object({
  /** As in `config/plugins`. */
  path: z.string(),
  /** As JSON, without secrets. */
  value: z.string(),
  source: settingSource,
});

/** What a rule says; without `maxPixels` pictures of any size get a cutout. */
export const ruleValue = z.strictObject({
  engine: engineName,
  presets: z.array(z.string()).min(1),
  maxPixels: z.int().positive().optional(),
});
export type RuleValue = z.output<typeof ruleValue>;

/** A preset as it is in force, and who goes by it. */
const presetView = z.object({
  name: z.string(),
  /** Those that differ from the defaults. */
  options: z.custom<Partial<ComposeOptions>>(),
  source: settingSource,
  /** Media fields, as `Product: photo`. */
  fields: z.array(z.string()),
  /** Folders with a rule that names it; `/` for the rule for everything. */
  rules: z.array(z.string()),
});
export type PresetView = z.output<typeof presetView>;

export const settingsView = z.object({
  /** Of what was set in the admin; sent back with a change of it. */
  version: z.number(),
  /** Why what was set in the admin is left out. */
  problem: settingsProblem.nullable(),
  /** Whether Strapi has a key to encrypt the API key with. */
  canEncrypt: z.boolean(),
  apiKey: z.object({
    isSet: z.boolean(),
    source: settingSource,
    /** Its last letters, of one that was set in the admin. */
    end: z.string(),
  }),
  /** What can be set in the admin, as it is in force. */
  values: z.record(
    settingKey,
    z.object({ value: z.union([z.number(), z.string()]).nullable(), source: settingSource }),
  ),
  presets: z.array(presetView),
  rules: z.object({
    everything: z.object({ rule: ruleValue.nullable(), source: settingSource }),
    folders: z.array(z.object({ folder: z.string(), rule: ruleValue, source: settingSource })),
  }),
  /** What is in force in this process, with where each value comes from. */
  groups: z.array(
    z.object({
      id: z.enum(['engines', 'presets', 'rules', 'limits', 'queue', 'pictures']),
      entries: z.array(entry),
    }),
  ),
  events: z.array(eventName),
});
export type SettingsView = z.output<typeof settingsView>;

const version = z.int().min(0);

/** A key that is left out stays as it is; `unset` names those whose value in the admin is taken back. */
export const settingsChange = z.strictObject({
  version,
  values: z.partialRecord(settingKey, z.union([z.number(), z.string()]).nullable()).default({}),
  unset: z.array(settingKey).default([]),
});
export type SettingsChange = z.input<typeof settingsChange>;

export const apiKeyChange = z.strictObject({ version, apiKey: z.string().trim().min(1).max(512) });
export type ApiKeyChange = z.input<typeof apiKeyChange>;

/** Of a request that takes something back. */
export const seenVersion = z.strictObject({ version: z.coerce.number().int().min(0) });

/** Options as `config/plugins` takes them. */
export const presetChange = z.strictObject({ version, options: z.record(z.string(), z.unknown()) });
export type PresetChange = z.input<typeof presetChange>;

/** All rules of the admin; `everything` is left out where `config/plugins` says what holds. */
export const rulesChange = z.strictObject({
  version,
  everything: ruleValue.nullable().optional(),
  folders: z.record(z.string(), ruleValue),
});
export type RulesChange = z.input<typeof rulesChange>;

export const reachQuery = z.strictObject({ folder: z.string().optional() });
/** How many pictures a rule for this folder, or for everything, would be about at most. */
export const reachResponse = z.object({ data: z.object({ images: z.number() }) });
export type ReachResponse = z.output<typeof reachResponse>;

export const settingsResponse = z.object({ data: settingsView });
export type SettingsResponse = z.output<typeof settingsResponse>;
