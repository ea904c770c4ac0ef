import type { Config } from '../config/schema';
import { redactor } from '../config/redact';
import type { SettingSource } from '../settings-words';
import { isGiven, sourceOf } from './items';
import type { Stored } from './stored';

export interface SettingEntry {
  /** As in `config/plugins`. */
  path: string;
  /** As JSON, without secrets. */
  value: string;
  source: SettingSource;
}
export interface SettingGroup {
  id: GroupId;
  entries: SettingEntry[];
}

const GROUPS = {
  engines: ['local', 'remote', 'auto', 'refine', 'focalPoint'],
  presets: ['presets'],
  rules: ['rules'],
  limits: ['limits'],
  queue: ['queue', 'jobs', 'role'],
  pictures: ['render', 'rembgApi', 'openapi', 'streams', 'usage'],
} as const satisfies Record<string, (keyof Config)[]>;
export type GroupId = keyof typeof GROUPS;

/** What is in force, by group, with where each value comes from. The API key is told only as being there. */
export function describeSettings(config: Config, given: unknown, stored: Stored): SettingGroup[] {
  const redact = redactor(config);
  const entry = (steps: readonly string[], value: unknown): SettingEntry => {
    const path = steps.join('.');
    const shown =
      path === 'remote.apiKey' ? value !== null : isPreset(steps) ? saidOf(given, stored, steps[1]!) : value;
    return { path, value: redact(JSON.stringify(shown)), source: sourceOf(given, steps, stored) };
  };
  const walk = (steps: readonly string[], value: unknown): SettingEntry[] =>
    isBranch(value) && !isPreset(steps)
      ? Object.entries(value).flatMap(([step, below]) => walk([...steps, step], below))
      : [entry(steps, value)];
  return (Object.keys(GROUPS) as GroupId[]).map((id) => ({
    id,
    entries: GROUPS[id].flatMap((key: keyof Config) => walk([key], config[key])),
  }));
}

/** Shown as the options that were given for it, and not with all defaults. */
const isPreset = (steps: readonly string[]): boolean => steps[0] === 'presets' && steps.length === 2;

const isBranch = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;

function saidOf(given: unknown, { presets }: Stored, name: string): unknown {
  if (!isGiven(given, ['presets', name])) return presets[name] ?? {};
  return (given as { presets: Record<string, unknown> }).presets[name];
}
