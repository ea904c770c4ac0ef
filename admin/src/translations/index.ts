import { pluginId } from '../pluginId';
import en from './first/en.json';

/**
 * The few messages that Strapi's own pages show before a part of the plugin is opened. They are all that is loaded with
 * the admin; `words.ts` has the others.
 */
export type FirstKey = keyof typeof en;

/** What react-intl's `formatMessage` takes; English is the default, so that a missing language never shows bare keys. */
export function descriptor(key: FirstKey): { id: string; defaultMessage: string } {
  return { id: `${pluginId}.${key}`, defaultMessage: en[key] };
}

const loaders: Record<string, () => Promise<{ default: Record<string, string> }>> = {
  en: () => Promise.resolve({ default: en }),
  'zh-Hans': () => import('./first/zh-Hans.json'),
  ta: () => import('./first/ta.json'),
};

export function prefixed(messages: Record<string, string>): Record<string, string> {
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
