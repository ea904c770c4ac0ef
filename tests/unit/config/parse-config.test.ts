import { readFileSync } from 'node:fs';
import path from 'node:path';
import { runInNewContext } from 'node:vm';
import { parseConfig } from '../../../server/src/config';
import { CutoutError } from '../../../server/src/errors';

function refusal(input: unknown): string {
  try {
    parseConfig(input);
  } catch (error) {
    expect(error).toBeInstanceOf(CutoutError);
    expect((error as CutoutError).code).toBe('config.invalid');
    return (error as CutoutError).message;
  }
  return 'nothing was refused';
}

describe('a configuration is refused in one sentence', () => {
  it.each<[unknown, string]>([
    [5, 'plugin::cutout: expected an object, received 5.'],
    [[], 'plugin::cutout: expected an object, received [].'],
    [{ local: { workers: 'two' } }, 'plugin::cutout.local.workers: expected a number, received "two".'],
    [{ local: { workers: 1.5 } }, 'plugin::cutout.local.workers: expected a whole number, received 1.5.'],
    [{ local: { workers: 0 } }, 'plugin::cutout.local.workers: expected at least 1, received 0.'],
    [{ local: { workers: Number.NaN } }, 'plugin::cutout.local.workers: expected a number, received NaN.'],
    [
      { local: { executionProviders: 'cpu' } },
      'plugin::cutout.local.executionProviders: expected a list, received "cpu".',
    ],
    [
      { local: { executionProviders: [] } },
      'plugin::cutout.local.executionProviders: expected at least 1 entry, received [].',
    ],
    [{ refine: 'yes' }, 'plugin::cutout.refine: expected true or false, received "yes".'],
    [{ local: { model: null } }, 'plugin::cutout.local.model: expected a text, received null.'],
    [
      { limits: { transparencyThreshold: 2 } },
      'plugin::cutout.limits.transparencyThreshold: expected at most 1, received 2.',
    ],
    [{ remote: { apiUrl: 'nowhere' } }, 'plugin::cutout.remote.apiUrl: expected a URL, received a text.'],
    [
      { rules: { everything: 5 } },
      'plugin::cutout.rules.everything: expected true, false or { engine, presets }, received 5.',
    ],
    [
      { rules: { everything: { engine: 'magic' } } },
      'plugin::cutout.rules.everything.engine: expected one of local, remote, auto, received "magic".',
    ],
    [
      { rules: { folders: { Products: {} } } },
      `plugin::cutout.rules.folders.Products: expected a folder like '/Products', received "Products".`,
    ],
    [
      { rules: { folders: { '/Products/': {} } } },
      `plugin::cutout.rules.folders./Products/: expected a folder like '/Products', received "/Products/".`,
    ],
    [
      { presets: { matte: {} } },
      "plugin::cutout.presets.matte: expected another name: 'matte' is the stored matte's own.",
    ],
    [{ presets: { card: 5 } }, 'plugin::cutout.presets.card: expected an object, received 5.'],
  ])('%j', (input, sentence) => {
    expect(refusal(input)).toBe(sentence);
  });

  it('names the keys there are when one is unknown, at any depth', () => {
    expect(refusal({ lokal: {} })).toMatch(/^plugin::cutout\.lokal: expected no such key, only local, remote, .*\.$/);
    expect(refusal({ local: { wokers: 2 } })).toMatch(
      /^plugin::cutout\.local\.wokers: expected no such key, only model, .*\.$/,
    );
    expect(refusal({ rules: { everything: { preset: [] } } })).toBe(
      'plugin::cutout.rules.everything.preset: expected no such key, only engine, presets, maxPixels.',
    );
  });

  it('names the preset and the option that is wrong in it', () => {
    expect(refusal({ presets: { card: { w: 'wide' } } })).toBe(
      "plugin::cutout.presets.card.w: 'w' must be an integer, got: 'wide'.",
    );
    expect(refusal({ presets: { card: { colour: 'red' } } })).toMatch(
      /^plugin::cutout\.presets\.card\.colour: Unknown option 'colour'\. Known options: format, .*\.$/,
    );
    expect(refusal({ presets: { 'My Card': {} } })).toMatch(
      /^plugin::cutout\.presets\.My Card: expected a preset name .*, received "My Card"\.$/,
    );
  });

  it('knows only presets of the same configuration in its rules', () => {
    const presets = { card: {} };
    expect(refusal({ presets, rules: { everything: { presets: ['crad'] } } })).toBe(
      "plugin::cutout.rules.everything.presets.0: expected one of default, card, received 'crad'.",
    );
    expect(refusal({ presets, rules: { folders: { '/P': { presets: ['card', 'constructor'] } } } })).toBe(
      "plugin::cutout.rules.folders./P.presets.1: expected one of default, card, received 'constructor'.",
    );
    expect(refusal({ presets, rules: { folders: { '/P': { presets: ['card', 'default'] } } } })).toBe(
      'nothing was refused',
    );
  });

  it('keeps a secret of the wrong type to itself', () => {
    expect(refusal({ remote: { apiKey: 1234567 } })).toBe(
      'plugin::cutout.remote.apiKey: expected a text, received a number.',
    );
  });

  const secret = 's3cr3t-1234';
  const url = `ftp://user:${secret}@host.example/pictures?signature=${secret}`;
  it.each<[string, unknown]>([
    ['local.mirror', { local: { mirror: url } }],
    ['local.npmRegistry', { local: { npmRegistry: `user:${secret}@host` } }],
    ['remote.apiUrl', { remote: { apiUrl: `//user:${secret}@host` } }],
    ['remote.accountUrl', { remote: { accountUrl: [url] } }],
    ['remote.apiKey', { remote: { apiKey: { value: secret } } }],
    ['remote.apiKey', { remote: { apiKey: [secret] } }],
    ['remote', { remote: secret }],
    ['remote', { remote: [{ apiKey: secret }] }],
    ['local', { local: url }],
    ['', [{ remote: { apiKey: secret } }]],
    ['', secret],
    ['local.workers', { local: { workers: url } }],
    ['presets', { presets: [url] }],
    ['presets.card', { presets: { card: url } }],
    ['presets.card.bg_image', { presets: { card: { bg_image: { url } } } }],
    ['presets.card.bg_image', { presets: { card: { bg_image: `${url}&${'x'.repeat(2100)}` } } }],
    ['presets.card.bg_color', { presets: { card: { bg_color: url } } }],
    ['presets.card.w', { presets: { card: { w: url } } }],
    ['rules.everything', { rules: { everything: url } }],
    ['rules.everything.engine', { rules: { everything: { engine: url } } }],
    ['rules.everything.presets.0', { rules: { everything: { presets: [url] } } }],
  ])('never prints what a secret may be in: %s', (key, input) => {
    const sentence = refusal(input);
    expect(sentence).toMatch(key === '' ? /^plugin::cutout: expected / : new RegExp(`^plugin::cutout\\.${key}: `));
    expect(sentence).not.toContain(secret);
  });
});

describe('a text that is blank, as from a variable set to nothing, is not set', () => {
  const unset = parseConfig({});

  it.each(['', '  ', '\n'])('%j', (blank) => {
    const local = { model: blank, modelsDir: blank, cacheDir: blank, mirror: blank, npmRegistry: blank };
    const remote = { apiKey: blank, apiUrl: blank, accountUrl: blank, paidDir: blank, budget: { atLimit: blank } };
    const preset = { format: blank, bg_color: blank, bg_image: blank, margin: blank, position: blank, w: blank };
    expect(parseConfig({ local, remote, auto: { prefer: blank }, presets: { default: preset } })).toEqual(unset);
    expect(parseConfig({ rules: { everything: { engine: blank } } }).rules.everything?.engine).toBe('local');
  });

  it("the README's own configuration starts without a key and with a blank one", () => {
    const readme = readFileSync(path.resolve(__dirname, '../../../README.md'), 'utf8');
    const [, snippet = ''] = /```js\n(\/\/ config\/plugins\.js\n.*?)```/s.exec(readme) ?? [];
    const exported = { exports: (_: object): { cutout: { config: unknown } } => ({ cutout: { config: null } }) };
    runInNewContext(snippet, { module: exported });
    for (const value of [undefined, '', ' ']) {
      const { config } = exported.exports({ env: () => value }).cutout;
      expect(parseConfig(config).remote.apiKey).toBeNull();
    }
    expect(parseConfig(exported.exports({ env: () => 'a-key' }).cutout.config).remote.apiKey).toBe('a-key');
  });
});

describe('a configuration that is right', () => {
  it('needs nothing: the default preset and no rule', () => {
    const config = parseConfig(undefined);
    expect(Object.keys(config.presets)).toEqual(['default']);
    expect(config.presets.default).toMatchObject({ format: 'webp' });
    expect(config.rules).toEqual({ everything: null, folders: {} });
  });

  it('does not mix its arrays with the defaults', () => {
    const config = parseConfig({
      local: { executionProviders: ['cuda'] },
      presets: { card: {} },
      rules: { everything: { presets: ['card'] } },
    });
    expect(config.local.executionProviders).toEqual(['cuda']);
    expect(config.rules.everything).toEqual({ engine: 'local', presets: ['card'] });
  });

  it('takes true for the settings of a rule, and false for none', () => {
    expect(parseConfig({ rules: { everything: true } }).rules.everything).toEqual({
      engine: 'local',
      presets: ['default'],
    });
    expect(parseConfig({ rules: { everything: false } }).rules.everything).toBeNull();
  });

  it('may change the default preset', () => {
    expect(parseConfig({ presets: { default: { format: 'png' } } }).presets.default).toMatchObject({ format: 'png' });
  });
});
