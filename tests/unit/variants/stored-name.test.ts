import { assetHashOf, variantHash } from '../../../server/src/variants/stored-name';

const key = 'cutout_matte';
const own = `${key}_0123456789abcd`;

test('a usual name is kept whole, and found again', () => {
  const hash = variantHash('photo_1a2b3c4d5e', own, '.png');
  expect(hash).toBe(`photo_1a2b3c4d5e_${own}`);
  expect(assetHashOf({ hash, key, ext: '.png' })).toBe('photo_1a2b3c4d5e');
});

test('a name as long as a file system takes leaves room for its variants, and is found again', () => {
  const asset = `${'m'.repeat(240)}_1a2b3c4d5e`;
  const hash = variantHash(asset, own, '.webp');
  expect(`${hash}.webp`).toHaveLength(255);
  const found = assetHashOf({ hash, key, ext: '.webp' }) as { $endsWith: string };
  expect(asset.endsWith(found.$endsWith)).toBe(true);
  expect(found.$endsWith).toMatch(/m_1a2b3c4d5e$/);
});

test('a name that is no asset’s finds none', () => {
  expect(assetHashOf({ hash: own, key, ext: '.png' })).toBeNull();
});
