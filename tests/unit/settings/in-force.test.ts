import { changeOf, setHere } from '../../../admin/src/pages/settings/values';
import { parseConfig } from '../../../server/src/config';
import { settingsView, type SettingsView } from '../../../server/src/api/settings-contracts';
import { describeSettings } from '../../../server/src/settings/describe';
import { fitting } from '../../../server/src/settings/in-force';
import { isGiven, itemsOf, merged, sourceOf } from '../../../server/src/settings/items';
import { salvaged, type Stored } from '../../../server/src/settings/stored';

const stored = (values: Stored['values'], apiKey: Stored['apiKey'] = null): Stored => ({
  ...{ version: 1, presets: {}, rules: { folders: {} } },
  ...{ values, apiKey },
});
const sealed = { encrypted: 'v1:x', print: 'p', end: 'abcd' };

describe('what config/plugins and the admin give together', () => {
  it('the file wins, and the admin fills its gaps', () => {
    const given = { remote: { budget: { reserve: 5 } }, presets: { card: {} } };
    const input = merged(
      given,
      itemsOf(stored({ 'remote.budget.credits': 40, 'remote.budget.reserve': 9, 'local.reviewBelow': null })),
      'key',
    );
    expect(input).toEqual({
      remote: { budget: { reserve: 5, credits: 40 }, apiKey: 'key' },
      local: { reviewBelow: null },
      presets: { card: {} },
    });
    expect(given).toEqual({ remote: { budget: { reserve: 5 } }, presets: { card: {} } });
    expect(merged(undefined, [], null)).toBeUndefined();
  });

  it('blank texts and a null key say nothing; no limit is a value', () => {
    const given = { remote: { apiKey: '  ', budget: { credits: null, atLimit: '' } }, rules: { everything: true } };
    expect(isGiven(given, 'remote.apiKey')).toBe(false);
    expect(isGiven({ remote: { apiKey: null } }, 'remote.apiKey')).toBe(false);
    expect(isGiven(given, 'remote.budget.atLimit')).toBe(false);
    expect(isGiven(given, 'remote.budget.credits')).toBe(true);
    expect(isGiven(given, 'rules.everything.engine')).toBe(true);
    expect(isGiven(undefined, 'remote.apiKey')).toBe(false);
  });

  it('each value has a source', () => {
    const given = { remote: { budget: { reserve: 5 } } };
    const set = stored({ 'remote.budget.reserve': 1, 'local.reviewBelow': null }, sealed);
    expect(sourceOf(given, 'remote.budget.reserve', set)).toBe('configuration');
    expect(sourceOf(given, 'local.reviewBelow', set)).toBe('admin');
    expect(sourceOf(given, 'remote.apiKey', set)).toBe('admin');
    expect(sourceOf(given, 'remote.apiKey', stored({}))).toBe('default');
    expect(sourceOf(given, 'limits.maxBytes', set)).toBe('default');
  });

  it('all of it is described, without secrets', () => {
    const given = {
      remote: { apiKey: 'rk_0123456789' },
      queue: { redis: 'redis://me:sesame@cache:6379' },
      presets: { card: { w: 800 } },
    };
    const groups = describeSettings(parseConfig(given), given, stored({}));
    const entries = new Map(groups.flatMap((group) => group.entries.map((entry) => [entry.path, entry])));
    expect(entries.get('presets.card')).toEqual({ path: 'presets.card', value: '{"w":800}', source: 'configuration' });
    expect(entries.get('presets.default')).toMatchObject({ value: '{}', source: 'default' });
    expect(entries.get('remote.apiKey')).toMatchObject({ value: 'true', source: 'configuration' });
    expect(entries.get('queue.redis')).toMatchObject({ value: '"redis://***@cache:6379"' });
    expect(entries.get('limits.maxPixels')).toMatchObject({ value: '120000000', source: 'default' });
    expect(JSON.stringify(groups)).not.toMatch(/rk_0123456789|sesame/);
  });
});

describe('what does not go together', () => {
  const rule = { engine: 'local', presets: ['card'] };
  const set: Stored = {
    ...stored({ 'remote.budget.credits': 7, 'remote.budget.atLimit': 'explode' }),
    presets: { card: { w: 800 }, odd: { w: -1 } },
    rules: { everything: { ...rule, presets: ['gone'] }, folders: { '/Products': rule, 'no slash': rule } },
  };

  it('is left out one by one, and the rest is kept', () => {
    const kept = fitting({}, itemsOf(set)).map(({ path }) => path.join(' '));
    expect(kept).toEqual(['remote.budget.credits', 'presets.card', 'rules.folders./Products'].map(dotted));
    expect(fitting({}, itemsOf({ ...set, presets: {} })).map(({ path }) => path.join('.'))).toEqual([
      'remote.budget.credits',
    ]);
  });

  it('a name with dots is one step', () => {
    const items = itemsOf({
      ...set,
      presets: {},
      rules: { folders: { '/v1.2': { engine: 'auto', presets: ['default'] } } },
    });
    const input = merged({}, items, null) as { rules: { folders: object } };
    expect(Object.keys(input.rules.folders)).toEqual(['/v1.2']);
    expect(isGiven({ rules: { folders: { '/v1.2': {} } } }, ['rules', 'folders', '/v1.2'])).toBe(true);
    expect(isGiven({ presets: {} }, ['presets', 'constructor'])).toBe(false);
  });

  it('a preset of the admin is described by what was given for it', () => {
    const all = { ...set, rules: { folders: {} }, presets: { card: { w: 800 } } };
    const groups = describeSettings(parseConfig(merged({}, itemsOf({ ...all, values: {} }), null)), {}, all);
    const entries = groups.flatMap((group) => group.entries);
    expect(entries).toContainEqual({ path: 'presets.card', value: '{"w":800}', source: 'admin' });
    expect(entries).toContainEqual({ path: 'presets.default', value: '{}', source: 'default' });
  });
});

const dotted = (path: string) => path.replaceAll('.', ' ');

describe('what is stored and does not parse', () => {
  const whole = { version: 4, values: { 'remote.budget.credits': 7 }, presets: { card: { w: 8 } }, apiKey: sealed };

  it('is read part by part', () => {
    expect(salvaged({ ...whole, version: 'x', rules: 5 })).toEqual({
      loss: 'other',
      stored: { ...whole, version: 0, rules: { folders: {} } },
    });
    const values = { ...whole.values, 'of.another.version': 1 };
    expect(salvaged({ ...whole, values }).stored.values).toEqual(whole.values);
  });

  it.each([[{ ...whole, values: 'x' }], [{ version: 4 }], ['text'], [7], [[]], [new Date(NaN)]])(
    'without its values, nothing is to be spent: %j',
    (raw) => {
      const { loss, stored } = salvaged(raw);
      expect(loss).toBe('budget');
      expect(stored.values).toEqual({ 'remote.budget.credits': 0 });
    },
  );
});

describe('the form', () => {
  const view = settingsView.parse({
    ...{ version: 3, problem: null, canEncrypt: true, groups: [], events: [] },
    ...{ presets: [], rules: { everything: { rule: null, source: 'default' }, folders: [] } },
    apiKey: { isSet: false, source: 'default', end: '' },
    values: {
      'remote.budget.credits': { value: null, source: 'default' },
      'remote.budget.reserve': { value: 5, source: 'configuration' },
      'remote.budget.atLimit': { value: 'hold', source: 'default' },
      'local.reviewBelow': { value: 0.7, source: 'admin' },
    },
  } satisfies SettingsView);

  it('sends what was changed and is not locked', () => {
    const form = {
      ...{ 'remote.budget.credits': 12, 'remote.budget.reserve': 9 },
      ...{ 'remote.budget.atLimit': 'hold', 'local.reviewBelow': 0.7 },
    };
    expect(changeOf(view, form)).toEqual({ version: 3, values: { 'remote.budget.credits': 12 } });
    expect(setHere(view)).toEqual(['local.reviewBelow']);
  });
});
