import type { Core } from '@strapi/strapi';
import { getApp } from '../app';
import { fileConditions, tableAs } from '../bulk/select';
import type { Config, RuleSettings } from '../config/schema';
import { changedOptions } from '../options/hash';
import { fieldsByPreset } from '../rules/media-fields';
import { canEncrypt } from '../settings/api-key';
import { describeSettings } from '../settings/describe';
import { givenConfig, readInForce } from '../settings/in-force';
import { isGiven, sourceOf } from '../settings/items';
import { readStored } from '../settings/stored';
import { settingKey, type SettingKey, type SettingSource } from '../settings-words';
import { eventName } from '../words';
import type { PresetView, SettingsView } from './settings-contracts';

const ALL = '/';

function viewPresets(strapi: Core.Strapi, { presets, rules }: Config, source: (name: string) => SettingSource) {
  const fields = fieldsByPreset(strapi);
  const all: [string, RuleSettings | null][] = [[ALL, rules.everything], ...Object.entries(rules.folders)];
  return Object.entries(presets).map(([name, options]): PresetView => {
    const named = all.filter(([, rule]) => rule?.presets.includes(name)).map(([folder]) => folder);
    const about = { fields: fields.get(name) ?? [], rules: named };
    return { name, options: changedOptions(options), source: source(name), ...about };
  });
}

function viewRules({ rules }: Config, source: (path: string[]) => SettingSource): SettingsView['rules'] {
  return {
    everything: { rule: rules.everything, source: source(['everything']) },
    folders: Object.entries(rules.folders).map(([folder, rule]) => ({
      ...{ folder, rule },
      source: source(['folders', folder]),
    })),
  };
}

/** How many pictures there are in a folder and below it, or in all. @throws CutoutError `options.invalid` for no folder */
export async function countImages(strapi: Core.Strapi, folder: string | undefined): Promise<number> {
  const narrow = await fileConditions(strapi, { folder });
  const { tableName } = strapi.db.metadata.get('plugin::upload.file');
  const query = strapi.db.getConnection(tableAs(strapi, tableName, 'f')).where('f.mime', 'like', 'image/%');
  narrow(query);
  const [row] = await query.count<{ count: number | string }[]>('* as count');
  return Number(row?.count ?? 0);
}

/** What is in force in this process, and what was set in the admin. */
export async function viewSettings(strapi: Core.Strapi): Promise<SettingsView> {
  const { config } = getApp(strapi);
  const given = givenConfig(strapi);
  const stored = await readStored(strapi);
  const next = await readInForce(strapi);
  const { budget } = next.config.remote;
  const values: Record<SettingKey, number | string | null> = {
    'remote.budget.credits': budget.credits,
    'remote.budget.reserve': budget.reserve,
    'remote.budget.atLimit': budget.atLimit,
    'local.reviewBelow': next.config.local.reviewBelow,
  };
  const view = (key: SettingKey) => ({ value: values[key], source: sourceOf(given, key, stored) });
  const isLocked = isGiven(given, 'remote.apiKey');
  return {
    version: stored.version,
    problem: next.problem,
    canEncrypt: canEncrypt(strapi),
    apiKey: {
      isSet: isLocked || stored.apiKey !== null,
      source: sourceOf(given, 'remote.apiKey', stored),
      end: isLocked ? '' : (stored.apiKey?.end ?? ''),
    },
    presets: viewPresets(strapi, next.config, (name) => sourceOf(given, ['presets', name], stored)),
    rules: viewRules(next.config, (path) => sourceOf(given, ['rules', ...path], stored)),
    values: Object.fromEntries(settingKey.options.map((key) => [key, view(key)])) as SettingsView['values'],
    groups: describeSettings(config, given, stored),
    events: [...eventName.options],
  };
}
