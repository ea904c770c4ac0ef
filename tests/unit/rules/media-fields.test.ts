import type { Core } from '@strapi/strapi';
import {
  allMediaPopulate,
  fieldProblems,
  fieldsByPreset,
  fileIdsOf,
  mediaPopulate,
} from '../../../server/src/rules/media-fields';

const wanted = { type: 'media', pluginOptions: { cutout: { enabled: true } } };
const models: Record<string, { uid: string; info: { displayName?: string }; attributes: Record<string, unknown> }> =
  Object.fromEntries(
    Object.entries({
      'api::shoe.shoe': {
        title: { type: 'string' },
        photo: wanted,
        gallery: { ...wanted, multiple: true },
        plain: { type: 'media' },
        off: { type: 'media', pluginOptions: { cutout: { enabled: false } } },
        broken: { type: 'media', pluginOptions: { cutout: { enabled: 'yes' } } },
        seo: { type: 'component', component: 'a.seo' },
        parts: { type: 'component', component: 'a.part', repeatable: true },
        zone: { type: 'dynamiczone', components: ['a.part', 'a.note', 'a.seo'] },
        dull: { type: 'dynamiczone', components: ['a.note'] },
      },
      'api::plain.plain': { plain: { type: 'media' }, note: { type: 'component', component: 'a.note' } },
      'a.seo': { card: { type: 'component', component: 'a.part' } },
      'a.part': { image: wanted, inner: { type: 'component', component: 'a.part' } },
      'a.note': { text: { type: 'text' } },
      'a.odd': { select: wanted, on: { type: 'dynamiczone', components: ['a.part'] } },
    }).map(([uid, attributes]) => [uid, { uid, info: uid === 'a.part' ? { displayName: 'Part' } : {}, attributes }]),
  );
const strapi = {
  getModel: (uid: string) => models[uid],
  contentTypes: models,
  components: {},
} as unknown as Core.Strapi;

const media = { select: ['id'] };

describe('which media of an entry may get a cutout', () => {
  it('are those whose field asks for it, through components and dynamic zones, a recursion followed once', () => {
    expect(mediaPopulate(strapi, 'api::shoe.shoe')).toEqual({
      photo: media,
      gallery: media,
      seo: { populate: { card: { populate: { image: media } } } },
      parts: { populate: { image: media } },
      zone: {
        on: {
          'a.part': { populate: { image: media } },
          'a.seo': { populate: { card: { populate: { image: media } } } },
        },
      },
    });
  });

  it('are all of them where all are meant', () => {
    expect(Object.keys(allMediaPopulate(strapi, 'api::shoe.shoe') ?? {})).toEqual(
      expect.arrayContaining(['photo', 'gallery', 'seo', 'parts', 'zone']),
    );
    expect(allMediaPopulate(strapi, 'api::plain.plain')).not.toBeNull();
  });

  it('are none in a type without such a field, or an unknown one', () => {
    expect(mediaPopulate(strapi, 'api::plain.plain')).toBeNull();
    expect(mediaPopulate(strapi, 'api::gone.gone')).toBeNull();
  });
});

describe('the files of an entry', () => {
  const populate = mediaPopulate(strapi, 'api::shoe.shoe')!;

  it('are found at every depth, each once', () => {
    const entry = {
      id: 99,
      photo: { id: 1 },
      gallery: [{ id: 2 }, { id: 1 }],
      plain: { id: 50 },
      seo: { id: 98, card: { id: 97, image: { id: 3 } } },
      parts: [
        { id: 96, image: { id: 4 } },
        { id: 95, image: null },
      ],
      zone: [
        { __component: 'a.part', id: 94, image: { id: 5 } },
        { __component: 'a.note', id: 93, text: 'x', image: { id: 51 } },
        { __component: 'a.seo', id: 92, card: { id: 91, image: { id: 6 } } },
      ],
    };
    expect(fileIdsOf(entry, populate).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it.each([null, undefined, {}, { photo: null, gallery: null, seo: null, parts: [], zone: [] }])(
    'are none in %j',
    (entry) => {
      expect(fileIdsOf(entry, populate)).toEqual([]);
    },
  );

  it('are found in attributes whose names are words of the query', () => {
    const odd = mediaPopulate(strapi, 'a.odd')!;
    const entry = { select: { id: 1 }, on: [{ __component: 'a.part', image: { id: 2 } }] };
    expect(fileIdsOf(entry, odd)).toEqual([1, 2]);
  });
});

it('fields are told by preset, as people know them', () => {
  expect([...fieldsByPreset(strapi)]).toEqual([
    ['default', ['api::shoe.shoe: photo', 'api::shoe.shoe: gallery', 'Part: image', 'a.odd: select']],
  ]);
});

describe('settings that cannot be followed', () => {
  it('are told with type, field and key', () => {
    const problems = fieldProblems(strapi, ['default', 'card']);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(
      /^api::shoe\.shoe\.broken: pluginOptions\.cutout\.enabled: .*; the field gets no cutouts\.$/,
    );
  });

  it('include presets that no configuration has', () => {
    const problems = fieldProblems(
      {
        contentTypes: {
          x: {
            uid: 'api::x.x',
            info: {},
            attributes: {
              photo: { type: 'media', pluginOptions: { cutout: { enabled: true, presets: ['crad', 'card'] } } },
            },
          },
        },
        components: {},
      } as unknown as Core.Strapi,
      ['default', 'card'],
    );
    expect(problems).toEqual([
      "api::x.x.photo: pluginOptions.cutout.presets: expected one of default, card, received 'crad'.",
    ]);
  });
});
