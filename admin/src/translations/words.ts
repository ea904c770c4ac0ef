import { pluginId } from '../pluginId';
import { prefixed } from '.';
import en from './en.json';

/** A message of the plugin's own pages and panels, without its `cutout.` prefix. */
export type TextKey = keyof typeof en;

export const english: Record<TextKey, string> = en;

export function isTextKey(key: string): key is TextKey {
  return Object.hasOwn(en, key);
}

/** As `descriptor` of the first messages. */
export function wordsOf(key: TextKey): { id: string; defaultMessage: string } {
  return { id: `${pluginId}.${key}`, defaultMessage: en[key] };
}

const loaders: Record<string, () => Promise<{ default: Record<string, string> }>> = {
  'zh-Hans': () => import('./zh-Hans.json'),
  ta: () => import('./ta.json'),
};
const loaded = new Map<string, Promise<Record<string, string>>>();

/** The messages of a language; English where the plugin does not speak it, or its file cannot be loaded now. */
export function loadWords(locale: string): Promise<Record<string, string>> {
  const load = loaders[locale];
  if (!load) return Promise.resolve(prefixed(en));
  const known = loaded.get(locale) ?? load().then(({ default: messages }) => prefixed(messages));
  loaded.set(locale, known);
  return known.catch(() => {
    loaded.delete(locale);
    return prefixed(en);
  });
}
