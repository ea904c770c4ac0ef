import { registerTrads } from '../../../admin/src/translations';
import firstEnglish from '../../../admin/src/translations/first/en.json';
import firstTa from '../../../admin/src/translations/first/ta.json';
import firstZhHans from '../../../admin/src/translations/first/zh-Hans.json';
import ta from '../../../admin/src/translations/ta.json';
import { english, isTextKey, loadWords } from '../../../admin/src/translations/words';
import zhHans from '../../../admin/src/translations/zh-Hans.json';
import { errorSpecs } from '../../../server/src/errors';

type Messages = Record<string, string>;
const languages: [string, Messages, Messages][] = [
  ['zh-Hans', zhHans, english],
  ['ta', ta, english],
  ['zh-Hans, what is loaded first', firstZhHans, firstEnglish],
  ['ta, what is loaded first', firstTa, firstEnglish],
];
/** The same in every language: names, and a colon. */
const names = [
  'editor.option.is',
  'field.presets.default',
  ...['runtime', 'sharp', 'redis', 'account'].map((check) => `doctor.check.${check}`),
  ...['libvips', 'strapi', 'plugin', 'node-js'].map((fact) => `doctor.fact.${fact}`),
];

const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

describe.each(languages)('the translation into %s', (_language, messages, english) => {
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

it("the first messages are registered under the plugin's prefix, and a language it does not speak gets none", async () => {
  const [en, zh, fr] = await registerTrads({ locales: ['en', 'zh-Hans', 'fr'] });
  expect(en?.data['cutout.field.engine.label']).toBe('Cutout engine');
  expect(zh?.data['cutout.field.engine.label']).toBe('抠图引擎');
  expect(fr).toEqual({ locale: 'fr', data: {} });
});

it('the others are loaded when they are needed, in English where the plugin does not speak the language', async () => {
  expect((await loadWords('zh-Hans'))['cutout.state.ready']).toBe('已就绪');
  expect((await loadWords('fr'))['cutout.state.ready']).toBe('Ready');
});
