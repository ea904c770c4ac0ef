import { type CutoutAsset, cutoutFormat, cutoutRenderUrl, cutoutUrl, srcset } from '../../../server/src/client';
import { variantKey } from '../../../server/src/assets/keys';

const format = (url: string, width: number) => ({ url, mime: 'image/webp', width, height: width, size: 1 });
const asset: CutoutAsset = {
  url: '/uploads/mug.jpg',
  formats: {
    thumbnail: format('/uploads/thumbnail_mug.jpg', 156),
    cutout: format('/uploads/mug_cutout.webp', 1200),
    cutout_matte: format('/uploads/mug_matte.png', 1200),
    cutout_card: format('https://cdn.example.com/card.webp', 800),
    cutout_card_400: format('/uploads/card_400.webp', 400),
    'cutout_card-wide': format('/uploads/wide.webp', 1600),
  },
};

it('names what the server stores', () => {
  for (const preset of ['default', 'card', 'card-wide']) {
    expect(cutoutFormat(asset, preset)).toBe(asset.formats![variantKey(preset) as 'cutout']);
  }
});

it('gives the address of a variant, under the address of Strapi where it has none of its own', () => {
  expect(cutoutUrl(asset)).toBe('/uploads/mug_cutout.webp');
  expect(cutoutUrl(asset, 'default', { baseUrl: 'https://cms.example.com/' })).toBe(
    'https://cms.example.com/uploads/mug_cutout.webp',
  );
  expect(cutoutUrl(asset, 'card', { baseUrl: 'https://cms.example.com' })).toBe('https://cdn.example.com/card.webp');
});

it('gives null for what is not there, or the original', () => {
  expect(cutoutUrl(asset, 'nosuch')).toBeNull();
  expect(cutoutUrl(asset, 'nosuch', { fallback: 'original' })).toBe('/uploads/mug.jpg');
  for (const none of [null, undefined, { url: '/a.jpg' }, { url: '/a.jpg', formats: null }]) {
    expect(cutoutUrl(none)).toBeNull();
    expect(srcset(none)).toBe('');
  }
  expect(cutoutUrl(null, 'card', { fallback: 'original' } as object)).toBeNull();
});

it('lists a preset and its sizes, the narrowest first, and no other preset', () => {
  expect(srcset(asset, 'card', { baseUrl: 'https://cms.example.com' })).toBe(
    'https://cms.example.com/uploads/card_400.webp 400w, https://cdn.example.com/card.webp 800w',
  );
  expect(srcset(asset)).toBe('/uploads/mug_cutout.webp 1200w');
});

it('gives the address of a picture that is made when it is asked for', () => {
  const options = { preset: 'card', w: 600, bg_color: '#fff', h: undefined, trim: true, shadow: { blur: 4 } };
  expect(cutoutRenderUrl({ documentId: 'abc' }, options, { baseUrl: 'https://cms.example.com/' })).toBe(
    'https://cms.example.com/api/cutout/files/abc/render?preset=card&w=600&bg_color=%23fff&trim=true&shadow=%7B%22blur%22%3A4%7D',
  );
  expect(cutoutRenderUrl({ documentId: 'abc' })).toBe('/api/cutout/files/abc/render');
});
