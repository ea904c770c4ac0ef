import type { SettingKey, SettingsChange, SettingsView } from '../../../../server/src/api/contracts';

export type Values = Record<SettingKey, number | string | null>;

export const isLocked = ({ values }: SettingsView, key: SettingKey): boolean => values[key].source === 'configuration';

export function valuesOf({ values }: SettingsView): Values {
  return Object.fromEntries(Object.entries(values).map(([key, { value }]) => [key, value])) as Values;
}

/** What was changed in the form, and nothing else: what stays keeps following the default. */
export function changeOf(settings: SettingsView, form: Values): SettingsChange {
  const before = valuesOf(settings);
  const changed = (Object.keys(form) as SettingKey[]).filter(
    (key) => !isLocked(settings, key) && form[key] !== before[key],
  );
  return { version: settings.version, values: Object.fromEntries(changed.map((key) => [key, form[key]])) };
}

export const setHere = ({ values }: SettingsView): SettingKey[] =>
  (Object.keys(values) as SettingKey[]).filter((key) => values[key].source === 'admin');
