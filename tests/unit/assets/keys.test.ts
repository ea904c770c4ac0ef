import fc from 'fast-check';
import {
  belongsToPreset,
  isCutoutKey,
  isVariantKey,
  MATTE_KEY,
  previewedKey,
  THUMBNAIL_KEY,
  variantKey,
} from '../../../server/src/assets/keys';

const presetNames = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/).filter((name) => name !== 'matte');

describe('keys of variants', () => {
  it('are `cutout` for the default preset and `cutout_<preset>` for others', () => {
    expect(variantKey('default')).toBe('cutout');
    expect(variantKey('card')).toBe('cutout_card');
  });

  it('belong to their own preset and to no other, with their sizes', () => {
    fc.assert(
      fc.property(presetNames, presetNames, fc.nat({ max: 9999 }), (one, other, width) => {
        for (const key of [variantKey(one), `${variantKey(one)}_${width}`]) {
          expect(isCutoutKey(key)).toBe(true);
          expect(belongsToPreset(key, one)).toBe(true);
          if (other !== one) expect(belongsToPreset(key, other)).toBe(false);
        }
        expect(belongsToPreset(MATTE_KEY, one)).toBe(false);
      }),
    );
  });

  it('are told from those of Strapi and of others', () => {
    for (const key of ['thumbnail', 'small', 'cutouts', 'my_cutout', '']) expect(isCutoutKey(key)).toBe(false);
    expect(isCutoutKey(MATTE_KEY)).toBe(true);
  });
});

describe('the small picture for the admin', () => {
  it('has a key of the plugin that no preset can have, and is no variant', () => {
    expect(isCutoutKey(THUMBNAIL_KEY)).toBe(true);
    expect([MATTE_KEY, THUMBNAIL_KEY].filter(isVariantKey)).toEqual([]);
    for (const preset of ['default', 'thumbnail', '-thumbnail', 'a']) {
      expect(variantKey(preset)).not.toBe(THUMBNAIL_KEY);
      expect(belongsToPreset(THUMBNAIL_KEY, preset)).toBe(false);
    }
  });

  it('shows the default cutout, else the first preset by name, and never its sizes alone', () => {
    const keys = ['thumbnail', MATTE_KEY, 'cutout_thumb', 'cutout_card_320', 'cutout_card', THUMBNAIL_KEY];
    expect(previewedKey([...keys, 'cutout', 'cutout_100'])).toBe('cutout');
    expect(previewedKey(keys)).toBe('cutout_card');
    expect(previewedKey([MATTE_KEY, THUMBNAIL_KEY, 'small'])).toBeUndefined();
  });
});
