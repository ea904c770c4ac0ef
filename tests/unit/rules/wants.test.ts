import fc from 'fast-check';
import type { EngineName, FieldSettings } from '../../../server/src/api/contracts';
import {
  beyondRules,
  collectWants,
  mergeWish,
  type WantInputs,
  withoutHow,
  withoutOptions,
  withoutPresets,
} from '../../../server/src/rules/wants';

const nothing: WantInputs = { fields: [], folder: '/', asset: null, rules: { everything: null, folders: {} } };
const collect = (inputs: Partial<WantInputs>) => collectWants({ ...nothing, ...inputs });
const rule = (engine: EngineName, ...presets: string[]) => ({ engine, presets });

describe('what is wanted of an asset', () => {
  it('is nothing without a field, a rule or a wish', () => {
    expect(collect({})).toBeNull();
    expect(collect({ fields: [{ enabled: false, presets: ['card'] }] })).toBeNull();
    expect(collect({ asset: { wish: null, optedOut: false } })).toBeNull();
  });

  it('is the default preset of the local engine for a field that is only switched on', () => {
    const wants = { presets: ['default'], engine: 'local' };
    expect(collect({ fields: [{ enabled: true }] })).toEqual(wants);
    expect(collect({ fields: [{ enabled: true, presets: [] }] })).toEqual(wants);
  });

  it('is the presets of all fields together', () => {
    const fields = [
      { enabled: true, presets: ['card', 'default'] },
      { enabled: true, presets: ['thumb', 'card'] },
    ];
    expect(collect({ fields })?.presets).toEqual(['card', 'default', 'thumb']);
  });

  it('adds what the folder and the rule for everything ask', () => {
    const rules = { everything: rule('local', 'web'), folders: { '/P': rule('local', 'card') } };
    expect(collect({ fields: [{ enabled: true }], folder: '/P', rules })?.presets).toEqual(['card', 'default', 'web']);
  });

  it('names a limit of pixels when all who ask name one: the widest', () => {
    const limited = (maxPixels?: number) => ({ enabled: true, ...(maxPixels ? { maxPixels } : {}) });
    expect(collect({ fields: [limited(10), limited(30)] })).toMatchObject({ maxPixels: 30 });
    expect(collect({ fields: [limited(10), limited()] })).not.toHaveProperty('maxPixels');
    const rules = { everything: { ...rule('local', 'web'), maxPixels: 50 }, folders: {} };
    expect(collect({ fields: [limited(10)], rules })).toMatchObject({ maxPixels: 50 });
    const asset = { wish: { presets: ['card'] }, optedOut: false };
    expect(collect({ fields: [limited(10)], asset })).not.toHaveProperty('maxPixels');
  });

  it('takes the rule of the nearest folder alone', () => {
    const rules = { everything: null, folders: { '/P': rule('local', 'card'), '/P/Shoes': rule('remote', 'shoe') } };
    expect(collect({ folder: '/P/Shoes/Red', rules })).toEqual({ presets: ['shoe'], engine: 'remote' });
    expect(collect({ folder: '/P/Shoe', rules })).toEqual({ presets: ['card'], engine: 'local' });
    expect(collect({ folder: '/Products', rules })).toBeNull();
  });

  it('lets the paying one of two fields decide the engine, in whatever order they come', () => {
    const fields: FieldSettings[] = [
      { enabled: true, engine: 'local' },
      { enabled: true, engine: 'remote' },
      { enabled: true, engine: 'auto' },
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(fields, { minLength: 3, maxLength: 3 }), (shuffled) => {
        expect(collect({ fields: shuffled })?.engine).toBe('remote');
      }),
    );
  });

  it('lets a person decide before the field, the field before the folder, the folder before everything', () => {
    const rules = { everything: rule('auto', 'default'), folders: { '/P': rule('local', 'default') } };
    const fields: FieldSettings[] = [{ enabled: true, engine: 'remote' }];
    const asset = { wish: { presets: ['default'], engine: 'auto' as const }, optedOut: false };
    expect(collect({ fields, folder: '/P', rules, asset })?.engine).toBe('auto');
    expect(collect({ fields, folder: '/P', rules })?.engine).toBe('remote');
    expect(collect({ folder: '/P', rules })?.engine).toBe('local');
    expect(collect({ rules })?.engine).toBe('auto');
  });

  it('is nothing but a person’s wish when the upload opted out', () => {
    const fields: FieldSettings[] = [{ enabled: true, presets: ['card'] }];
    const rules = { everything: rule('local', 'default'), folders: {} };
    expect(collect({ fields, rules, asset: { wish: null, optedOut: true } })).toBeNull();
    expect(collect({ fields, rules, asset: { wish: { presets: ['thumb'] }, optedOut: true } })).toEqual({
      presets: ['thumb'],
      engine: 'local',
    });
  });

  it('leaves its inputs as they are', () => {
    const fields: FieldSettings[] = [
      { enabled: true, engine: 'local' },
      { enabled: true, engine: 'remote' },
    ];
    const before = structuredClone(fields);
    collect({ fields });
    expect(fields).toEqual(before);
  });
});

describe('what of a wish is remembered', () => {
  const byRules = { presets: ['card', 'default'], engine: 'local' as const };

  it('is all of it where no rule wants the asset', () => {
    expect(beyondRules({ presets: ['default'] }, null)).toEqual({ presets: ['default'] });
    expect(beyondRules({ presets: [], engine: 'remote' }, null)).toBeNull();
  });

  it('is nothing where the rules want the same', () => {
    expect(beyondRules({ presets: ['default'] }, byRules)).toBeNull();
    expect(beyondRules({ presets: ['card'], engine: 'local' }, byRules)).toBeNull();
  });

  it('is what goes beyond the rules', () => {
    expect(beyondRules({ presets: ['default', 'thumb'] }, byRules)).toEqual({ presets: ['thumb'] });
    expect(beyondRules({ presets: ['default'], engine: 'remote' }, byRules)).toEqual({ presets: [], engine: 'remote' });
  });

  it('a remembered engine does not add a preset of its own', () => {
    const asset = { wish: { presets: [], engine: 'remote' as const }, optedOut: false };
    const fields = [{ enabled: true, presets: ['card'] }];
    expect(collect({ asset, fields })).toEqual({ presets: ['card'], engine: 'remote' });
    expect(collect({ asset })).toBeNull();
  });
});

describe('options and effort of one asset', () => {
  const byRules = { presets: ['card', 'default'], engine: 'local' as const };
  const red = { bg_color: '#ff0000' };
  const wish = { presets: ['card'], options: { card: red } };

  it('are remembered although the rules want the preset anyway, and hold when they do not any more', () => {
    expect(beyondRules(wish, byRules)).toEqual(wish);
    expect(beyondRules({ ...wish, presets: ['card', 'default'] }, byRules)).toEqual(wish);
    expect(beyondRules({ presets: ['card'], effort: 'best' }, byRules)).toEqual({ presets: [], effort: 'best' });
    const asset = { wish, optedOut: false };
    const wants = { presets: ['card'], engine: 'local', options: { card: red } };
    expect(collect({ asset })).toEqual(wants);
    expect(collect({ asset, fields: [{ enabled: true }] })).toEqual({ ...wants, presets: ['card', 'default'] });
    const best = { wish: { presets: [], effort: 'best' as const }, optedOut: false };
    expect(collect({ asset: best })).toBeNull();
    expect(collect({ asset: best, fields: [{ enabled: true }] })).toMatchObject({ effort: 'best' });
  });

  it('stay when something else is asked for', () => {
    const thumb = { bg_color: '#00ff00' };
    expect(mergeWish(wish, { presets: ['thumb'], engine: 'remote', options: { thumb } })).toEqual({
      presets: ['card', 'thumb'],
      engine: 'remote',
      options: { card: red, thumb },
    });
    expect(mergeWish(wish, { presets: [], options: { card: thumb } }).options).toEqual({ card: thumb });
    expect(mergeWish({ ...wish, effort: 'best' }, { presets: ['default'] })).toMatchObject({ effort: 'best' });
    expect(withoutHow({ ...wish, engine: 'remote' }, { engine: true, effort: false })).toEqual(wish);
    expect(withoutHow({ ...wish, effort: 'best' }, { engine: false, effort: true })).toEqual(wish);
    expect(withoutHow({ presets: [], engine: 'remote' }, { engine: true, effort: false })).toBeNull();
  });

  it('go with their preset, or alone', () => {
    expect(withoutPresets(wish, ['card'])).toBeNull();
    expect(withoutPresets({ ...wish, presets: ['card', 'thumb'] }, ['card'])).toEqual({ presets: ['thumb'] });
    expect(withoutOptions(wish, ['card'])).toEqual({ presets: ['card'] });
    expect(withoutOptions(wish, ['thumb'])).toEqual(wish);
  });
});
