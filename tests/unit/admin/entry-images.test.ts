import {
  acceptsImages,
  canHoldImages,
  collectEntryImages,
  type Attributes,
  type Components,
} from '../../../admin/src/panel/entryImages';

const image = (id: number, extra: object = {}) => ({
  id,
  name: `photo-${id}.jpg`,
  url: `/uploads/photo_${id}.jpg`,
  mime: 'image/jpeg',
  ...extra,
});

const attributes: Attributes = {
  title: { type: 'string' },
  cover: { type: 'media', allowedTypes: ['images'], pluginOptions: { cutout: { enabled: true } } },
  gallery: {
    type: 'media',
    allowedTypes: ['images', 'videos'],
    pluginOptions: { cutout: { enabled: true, engine: 'remote', presets: ['card', 'default'] } },
  },
  anything: { type: 'media' },
  manual: { type: 'media', allowedTypes: ['files'] },
  detail: { type: 'component', component: 'catalog.picture' },
  blocks: { type: 'dynamiczone', components: ['catalog.picture', 'catalog.list'] },
};

const components: Components = {
  'catalog.picture': {
    attributes: {
      image: {
        type: 'media',
        allowedTypes: ['images'],
        pluginOptions: { cutout: { enabled: false, presets: ['thumb'] } },
      },
    },
  },
  'catalog.list': { attributes: { items: { type: 'component', component: 'catalog.picture' } } },
};

const collect = (live: Record<string, unknown>, saved: Record<string, unknown> = {}) =>
  collectEntryImages(live, saved, attributes, components);
const idsOf = (images: ReturnType<typeof collect>) => images.map(({ file }) => file.id);

describe('images of an entry', () => {
  it('are found in single and multiple fields, components and dynamic zones, in the order of the fields', () => {
    const images = collect({
      blocks: [
        { __component: 'catalog.picture', image: image(5) },
        { __component: 'catalog.list', items: [{ image: image(6) }, { image: image(7) }] },
      ],
      detail: { image: image(4) },
      gallery: [image(2), image(3)],
      cover: image(1),
    });
    expect(idsOf(images)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('leave out other media, fields that take no images, empty values and unknown components', () => {
    const images = collect({
      title: 'A chair',
      cover: null,
      gallery: [image(1, { mime: 'video/mp4', name: 'a.mp4' })],
      anything: image(2),
      manual: image(3),
      detail: null,
      blocks: [{ __component: 'gone.component', image: image(4) }],
    });
    expect(idsOf(images)).toEqual([2]);
  });

  it('are wanted where one of the fields that hold them has cutouts switched on', () => {
    const [wanted, unwanted, off] = collect({
      cover: image(1),
      anything: [image(1), image(2)],
      detail: { image: image(3) },
    });
    expect([wanted, unwanted, off].map((each) => [each?.file.id, each?.isWanted])).toEqual([
      [1, true],
      [2, false],
      [3, false],
    ]);
  });

  it('follow the form, not the stored entry, when they differ', () => {
    expect(idsOf(collect({ cover: image(2), gallery: [] }, { cover: image(1), gallery: [image(3)] }))).toEqual([2]);
  });

  it('are completed from the stored entry when the form holds only their ids', () => {
    const saved = { cover: image(1), gallery: [image(2)] };
    const images = collect({ cover: 1, gallery: [{ id: 2 }, { id: 9 }] }, saved);
    expect(images.map(({ file }) => file.url)).toEqual(['/uploads/photo_1.jpg', '/uploads/photo_2.jpg']);
  });
});

describe('a content type can hold images', () => {
  it('when a media field accepts them, also when it names no types at all', () => {
    expect(acceptsImages({ type: 'media', allowedTypes: ['files', 'images'] })).toBe(true);
    expect(acceptsImages({ type: 'media' })).toBe(true);
    expect(acceptsImages({ type: 'media', allowedTypes: [] })).toBe(true);
    expect(acceptsImages({ type: 'media', allowedTypes: ['videos'] })).toBe(false);
    expect(acceptsImages({ type: 'string' })).toBe(false);
  });

  it('when only a nested component has such a field', () => {
    expect(canHoldImages({ blocks: attributes.blocks! }, components)).toBe(true);
    expect(canHoldImages({ title: { type: 'string' } }, components)).toBe(false);
  });

  it('and is decided even for a component that contains itself', () => {
    const loop: Components = { 'a.tree': { attributes: { child: { type: 'component', component: 'a.tree' } } } };
    expect(canHoldImages({ tree: { type: 'component', component: 'a.tree' } }, loop)).toBe(false);
  });
});
