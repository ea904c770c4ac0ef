import { pluginId } from '../pluginId';
import en from './en.json';

/** A message of the plugin, without its `cutout.` prefix. English is complete by definition; other languages follow it. */
export type TextKey = keyof typeof en;

export const english: Record<TextKey, string> = en;

export function isTextKey(key: string): key is TextKey {
  return Object.hasOwn(en, key);
}

/** What react-intl's `formatMessage` takes; English is the default, so that a missing language never shows bare keys. */
export function descriptor(key: TextKey): { id: string; defaultMessage: string } {
  return { id: `${pluginId}.${key}`, defaultMessage: en[key] };
}

const loaders: Record<string, () => Promise<{ default: Record<string, string> }>> = {
  en: () => Promise.resolve({ default: en }),
  'zh-Hans': () => import('./zh-Hans.json'),
  ta: () => import('./ta.json'),
};

function prefixed(messages: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(messages).map(([key, text]) => [`${pluginId}.${key}`, text]));
}

/** Strapi's hook: the plugin's messages in each of the admin's languages; none for a language it does not speak. */
export function registerTrads({
  locales,
}: {
  locales: string[];
}): Promise<{ locale: string; data: Record<string, string> }[]> {
  return Promise.all(
    locales.map(async (locale) => {
      const messages = await loaders[locale]?.();
      return { locale, data: messages ? prefixed(messages.default) : {} };
    }),
  );
}
