import { createHashesFor } from '../../../server/src/jobs/preset-hashes';
import { type ComposeOptions, optionsFor, optionsHash, ownOf, parseComposeOptions } from '../../../server/src/options';

const options = (given: object): ComposeOptions => {
  const parsed = parseComposeOptions(given);
  if (!parsed.ok) throw new Error(parsed.issues.map(({ message }) => message).join());
  return parsed.options;
};
const card = options({ bg_color: '#ffffff', sizes: [100, 200] });
const presets = { default: options({}), card };

describe('hashes of presets for one asset', () => {
  it('are the presets’ own where it has no options, and follow the presets in use', () => {
    const config = { presets };
    const hashesFor = createHashesFor(config);
    const before = hashesFor(null);
    expect(before).toEqual({ default: optionsHash(presets.default), card: optionsHash(card) });
    expect(hashesFor({})).toBe(before);
    config.presets = { ...presets, card: options({ bg_color: '#000000' }) };
    expect(hashesFor(null).card).not.toBe(before.card);
  });

  it('are of its own options for their presets alone, and of none that is no preset', () => {
    const hashesFor = createHashesFor({ presets });
    const red = { bg_color: '#ff0000' };
    const own = hashesFor({ options: { card: red, gone: red, constructor: red } });
    expect(Object.keys(own).sort()).toEqual(['card', 'default']);
    expect(own.default).toBe(optionsHash(presets.default));
    expect(own.card).toBe(optionsHash(options({ ...red, sizes: [100, 200] })));
  });
});

describe('options of an asset’s own', () => {
  it('stand in place of all of the preset’s but its sizes', () => {
    expect(optionsFor(card, { trim: true })).toEqual(options({ trim: true, sizes: [100, 200] }));
    expect(optionsFor(card, { sizes: [] })).toEqual(options({}));
    expect(optionsFor(card, undefined)).toBe(card);
  });

  it('count for nothing where they are not understood any more', () => {
    expect(optionsFor(card, { no_such: 1 })).toBe(card);
  });

  it('are kept as what they say beside the defaults', () => {
    const given = { bg_color: '#ff0000', trim: 'false', sizes: [] };
    expect(ownOf(given, options(given))).toEqual({ bg_color: '#ff0000ff', sizes: [] });
    expect(ownOf({}, options({}))).toEqual({});
  });
});
