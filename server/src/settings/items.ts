import type { SettingSource } from '../settings-words';
import { settingKey } from '../settings-words';
import type { Stored } from './stored';

/** Where a value stands in the configuration: `remote.budget.credits`, or its steps where one of them has dots. */
export type Path = string | readonly string[];

const stepsOf = (path: Path): readonly string[] => (typeof path === 'string' ? path.split('.') : path);

/** One thing that was set in the admin. */
export interface Item {
  path: readonly string[];
  value: unknown;
}

type StoredValues = Pick<Stored, 'values' | 'presets' | 'rules'>;

/** What was set in the admin but for the API key: a rule after the presets that it names. */
export function itemsOf({ values, presets, rules }: StoredValues): Item[] {
  const items = [
    ...settingKey.options.map((key) => ({ path: stepsOf(key), value: values[key] })),
    ...Object.entries(presets).map(([name, value]) => ({ path: ['presets', name], value })),
    { path: ['rules', 'everything'], value: rules.everything },
    ...Object.entries(rules.folders).map(([folder, value]) => ({ path: ['rules', 'folders', folder], value })),
  ];
  return items.filter(({ value }) => value !== undefined);
}

/** The input of the configuration with what was set in the admin in its gaps. */
export function merged(given: unknown, items: readonly Item[], apiKey: string | null): unknown {
  const key = apiKey === null ? [] : [{ path: ['remote', 'apiKey'], value: apiKey }];
  return [...items, ...key].reduce<unknown>(
    (input, { path, value }) => (isGiven(given, path) ? input : withValue(input, path, value)),
    given,
  );
}

function withValue(input: unknown, [step, ...rest]: readonly string[], value: unknown): unknown {
  const before = (input ?? {}) as Record<string, unknown>;
  return { ...before, [step!]: rest.length === 0 ? value : withValue(before[step!], rest, value) };
}

/** Whether `config/plugins` says what the value is; blank texts, as of unset variables, say nothing, nor does a null key. */
export function isGiven(given: unknown, path: Path): boolean {
  const steps = stepsOf(path);
  let at = given;
  for (const step of steps) {
    // A switch that stands for an object, as `everything: true`.
    if (typeof at !== 'object' || at === null) return at !== undefined;
    at = Object.hasOwn(at, step) ? (at as Record<string, unknown>)[step] : undefined;
  }
  if (typeof at === 'string') return at.trim() !== '';
  return at !== undefined && !(steps.join('.') === 'remote.apiKey' && at === null);
}

/** @param stored what was set in the admin, if that counts */
export function sourceOf(given: unknown, path: Path, stored?: Stored): SettingSource {
  if (isGiven(given, path)) return 'configuration';
  return stored && isStored(stored, stepsOf(path)) ? 'admin' : 'default';
}

/** No limit is a value like any other; no key is none. */
function isStored(stored: Stored, steps: readonly string[]): boolean {
  const path = steps.join('.');
  if (path === 'remote.apiKey') return stored.apiKey !== null;
  return itemsOf(stored).some((item) => item.path.every((step, index) => step === steps[index]));
}
