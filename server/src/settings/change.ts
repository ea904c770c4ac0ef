import type { Core } from '@strapi/strapi';
import { parseConfig } from '../config';
import { CutoutError } from '../errors';
import type { SettingKey } from '../settings-words';
import type { EngineName } from '../words';
import { sealKey } from './api-key';
import { fitting, givenConfig } from './in-force';
import { type Item, isGiven, itemsOf, merged, type Path } from './items';
import { changeStored, type Stored } from './stored';

export interface ValuesChange {
  /** Of what whoever changes it has seen. */
  version: number;
  values: Partial<Record<SettingKey, number | string | null>>;
  /** Keys whose value in the admin is taken back. */
  unset: readonly SettingKey[];
}

/**
 * Sets values in the admin.
 * @throws CutoutError `settings.locked` for one that `config/plugins` gives, `options.invalid` for one that is not valid
 * there either, `settings.changed`
 */
export async function changeValues(strapi: Core.Strapi, { version, values, unset }: ValuesChange): Promise<void> {
  for (const key of Object.keys(values)) requireFree(strapi, key);
  await change(strapi, version, (before) => {
    const all: Stored['values'] = { ...before.values, ...values };
    for (const key of unset) delete all[key];
    return { ...before, values: all };
  });
}

/** Sets a preset in the admin. @param options as `config/plugins` would have them. @throws CutoutError as `changeValues` */
export async function setPreset(strapi: Core.Strapi, version: number, name: string, options: object): Promise<void> {
  requireFree(strapi, ['presets', name]);
  await change(strapi, version, (before) => ({ ...before, presets: { ...before.presets, [name]: options } }));
}

/**
 * Takes a preset of the admin back.
 * @throws CutoutError `options.invalid` while a rule names it, `settings.changed`
 */
export async function removePreset(strapi: Core.Strapi, version: number, name: string): Promise<void> {
  await change(strapi, version, (before) => {
    const { [name]: _gone, ...presets } = before.presets;
    return { ...before, presets };
  });
}

export interface RulesChange {
  version: number;
  /** Null for none; left out where `config/plugins` says what holds. */
  everything?: RuleChange | null | undefined;
  /** All that are set in the admin, by the folder as the media library names it. */
  folders: Record<string, RuleChange>;
}
interface RuleChange {
  engine: EngineName;
  presets: string[];
  maxPixels?: number | undefined;
}

/** Puts other rules in the place of those of the admin. @throws CutoutError as `changeValues` */
export async function setRules(strapi: Core.Strapi, { version, everything, folders }: RulesChange): Promise<void> {
  if (everything !== undefined) requireFree(strapi, 'rules.everything');
  for (const folder of Object.keys(folders)) requireFree(strapi, ['rules', 'folders', folder]);
  await change(strapi, version, (before) => ({
    ...before,
    rules: { everything: everything === undefined ? before.rules.everything : (everything ?? undefined), folders },
  }));
}

/** Keeps the API key, encrypted. @throws CutoutError as `changeValues`, and `settings.no-encryption` */
export async function setApiKey(strapi: Core.Strapi, version: number, text: string): Promise<void> {
  requireFree(strapi, 'remote.apiKey');
  const apiKey = sealKey(strapi, text);
  await changeStored(strapi, version, (before) => ({ ...before, apiKey }));
}

/** Forgets the API key that was set in the admin. @throws CutoutError `settings.changed` */
export async function forgetApiKey(strapi: Core.Strapi, version: number): Promise<void> {
  await changeStored(strapi, version, (before) => ({ ...before, apiKey: null }));
}

async function change(strapi: Core.Strapi, version: number, make: (before: Stored) => Stored): Promise<void> {
  await changeStored(strapi, version, (before) => {
    const after = make(before);
    requireFits(givenConfig(strapi), itemsOf(before), itemsOf(after));
    return after;
  });
}

/** What did not fit before is told elsewhere, and must not keep anybody from changing the rest. */
function requireFits(given: unknown, before: readonly Item[], after: readonly Item[]): void {
  const kept = fitting(given, after);
  const misfits = before.filter((item) => !fitting(given, before).includes(item)).map(named);
  const lost = after.find((item) => !kept.includes(item) && !misfits.includes(named(item)));
  if (!lost) return;
  try {
    parseConfig(merged(given, [...kept, lost], null));
  } catch (error) {
    if (!(error instanceof CutoutError)) throw error;
    throw new CutoutError('options.invalid', error.message, { cause: error });
  }
}

const named = (item: Item): string => JSON.stringify(item);

function requireFree(strapi: Core.Strapi, path: Path): void {
  if (!isGiven(givenConfig(strapi), path)) return;
  const name = typeof path === 'string' ? path : path.join('.');
  throw new CutoutError('settings.locked', `${name} is set in config/plugins or the environment: change it there.`);
}
