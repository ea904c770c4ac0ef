import { english, isTextKey, registerTrads } from '../../../admin/src/translations';
import ta from '../../../admin/src/translations/ta.json';
import zhHans from '../../../admin/src/translations/zh-Hans.json';
import { errorSpecs } from '../../../server/src/errors';

const languages: [string, Record<string, string>][] = [
  ['zh-Hans', zhHans],
  ['ta', ta],
];
/** The same in every language: names. */
const names = ['field.presets.default'];

const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

describe.each(languages)('the translation into %s', (_language, messages) => {
  it('has exactly the messages of English', () => {
    expect(Object.keys(messages).sort()).toEqual(Object.keys(english).sort());
  });

  it('keeps the placeholders', () => {
    for (const [key, text] of Object.entries(english)) {
      expect([key, placeholders(messages[key] ?? '')]).toEqual([key, placeholders(text)]);
    }
  });

  it('leaves nothing in English', () => {
    const same = Object.entries(english).filter(([key, text]) => messages[key] === text && !names.includes(key));
    expect(same).toEqual([]);
  });
});

it('every failure the plugin names has words for the editor', () => {
  expect(Object.keys(errorSpecs).filter((code) => !isTextKey(`reason.${code}`))).toEqual([]);
});

it("messages are registered under the plugin's prefix, and a language it does not speak gets none", async () => {
  const [en, zh, fr] = await registerTrads({ locales: ['en', 'zh-Hans', 'fr'] });
  expect(en?.data['cutout.state.ready']).toBe('Ready');
  expect(zh?.data['cutout.state.ready']).toBe('已就绪');
  expect(fr).toEqual({ locale: 'fr', data: {} });
});
