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
});
