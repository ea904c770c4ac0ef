import fc from 'fast-check';
import { belongsToPreset, isCutoutKey, MATTE_KEY, variantKey } from '../../../server/src/assets/keys';

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
