import { parseUploadWish } from '../../../server/src/triggers/upload-wish';

const wish = (...presets: string[]) => ({ wish: { presets }, optOut: false });

describe('the `cutout` field of an upload', () => {
  it.each([undefined, null, '', '  ', ',', '[]', [], [''], {}, { presets: ['card'] }])(
    '%j leaves it to the rules',
    (value) => {
      expect(parseUploadWish(value)).toEqual({});
    },
  );

  it.each([false, 0, '0', 'false', 'No', ' off ', '"false"', ['false']])('%j opts out', (value) => {
    expect(parseUploadWish(value)).toEqual({ optOut: true });
  });

  it.each([true, 1, '1', 'true', 'Yes', 'ON', ['true']])('%j asks for the default preset', (value) => {
    expect(parseUploadWish(value)).toEqual(wish('default'));
  });

  it.each(['card,thumb', ' card , thumb ', '["card","thumb"]', ['card', 'thumb'], 'card,,thumb,card'])(
    '%j names presets',
    (value) => {
      expect(parseUploadWish(value)).toEqual(wish('card', 'thumb'));
    },
  );

  it('may mix a yes with names', () => {
    expect(parseUploadWish('true,card')).toEqual(wish('default', 'card'));
  });

  it('may name the engine, alone or among presets', () => {
    expect(parseUploadWish('Remote')).toEqual({ wish: { presets: ['default'], engine: 'remote' }, optOut: false });
    const both = { wish: { presets: ['card'], engine: 'auto' }, optOut: false };
    expect(parseUploadWish(['card', 'auto'])).toEqual(both);
    expect(parseUploadWish('auto,card')).toEqual(both);
  });

  it.each([
    ['in one text', 'x'.repeat(900_000)],
    ['repeated', Array.from({ length: 50_000 }, (_, index) => `name-${index}`)],
  ])('is one unknown name when it is too long to be a list, %s', (_, value) => {
    const { wish: asked, optOut } = parseUploadWish(value);
    expect(optOut).toBe(false);
    expect(asked?.presets).toHaveLength(1);
    expect(asked?.presets[0]).toMatch(/^(x{59}|name-0,name-1,.*)…$/);
    expect(asked?.presets[0]?.length).toBe(60);
  });

  it('has no control characters in its names', () => {
    expect(parseUploadWish('ca\nrd,th\u001b[31mumb')).toEqual(wish('ca rd', 'th [31mumb'));
  });
});
