import type { EngineName, RulesChange, RuleValue, SettingsView } from '../../../../../server/src/api/contracts';

/** A folder with its rule; '' while none is chosen. */
export interface FolderRule {
  folder: string;
  rule: RuleValue;
}

/** The rules of the admin as their form has them. */
export interface RulesForm {
  /** Null for none; undefined where `config/plugins` says what holds. */
  everything: RuleValue | null | undefined;
  folders: readonly FolderRule[];
}

export const NEW_RULE: RuleValue = { engine: 'local', presets: ['default'] };

export function formOf({ rules }: SettingsView): RulesForm {
  const { everything, folders } = rules;
  return {
    everything: everything.source === 'configuration' ? undefined : everything.rule,
    folders: folders.filter(({ source }) => source === 'admin').map(({ folder, rule }) => ({ folder, rule })),
  };
}

/** Null while a folder is not chosen, is there twice, or a rule names no preset. */
export function requestOf({ everything, folders }: RulesForm, version: number): RulesChange | null {
  const named = new Set(folders.map(({ folder }) => folder));
  const rules = [...(everything ? [everything] : []), ...folders.map(({ rule }) => rule)];
  if (named.has('') || named.size < folders.length || rules.some(({ presets }) => presets.length === 0)) return null;
  return {
    ...{ version, folders: Object.fromEntries(folders.map(({ folder, rule }) => [folder, rule])) },
    ...(everything === undefined ? {} : { everything }),
  };
}

/** Whether any of these rules may spend credits. */
export const mayCost = ({ everything, folders }: RulesForm): boolean =>
  [everything, ...folders.map(({ rule }) => rule)].some((rule) => rule && rule.engine !== 'local');

/** Engines to choose from: one that costs for those alone who may spend, or where it is chosen already. */
export const enginesFor = (mayPay: boolean, chosen: EngineName): EngineName[] =>
  (['local', 'remote', 'auto'] as const).filter((engine) => mayPay || engine === 'local' || engine === chosen);

const MILLION = 1_000_000;

export const megapixelsOf = ({ maxPixels }: RuleValue): number | undefined => maxPixels && maxPixels / MILLION;

export function withMegapixels({ maxPixels: _before, ...rule }: RuleValue, megapixels: number | undefined): RuleValue {
  return megapixels ? { ...rule, maxPixels: Math.round(megapixels * MILLION) } : rule;
}
