import fc from 'fast-check';
import names from 'color-name';
import { formatColor, parseColor, parseComposeOptions, type ComposeOptions } from '../../../server/src/options';

function parse(input: unknown): ComposeOptions {
  const result = parseComposeOptions(input);
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return result.options;
}

test('nothing given means a transparent WebP of the picture as it is', () => {
  const defaults = {
    format: 'webp',
    exact_resize: false,
    enlarge: true,
    mask: false,
    angle: 0,
    expand: true,
    lossless: false,
    trim: false,
    sizes: [],
    decontaminate: true,
    refine: true,
  };
  expect(parse({})).toEqual(defaults);
  expect(parse(undefined)).toEqual(defaults);
});

describe('edge values are accepted and kept in one spelling', () => {
  test.each([
    [{ format: 'PNG' }, { format: 'png' }],
    [{ format: 'Jpg' }, { format: 'jpeg' }],
    [{ format: 'avif' }, { format: 'avif' }],
    [
      { w: 1, h: 10000 },
      { w: 1, h: 10000 },
    ],
    [{ w: '0', h: 0 }, {}],
    [{ w: ' 800 ' }, { w: 800 }],
    [{ angle: -360 }, { angle: -360 }],
    [{ angle: '12.5' }, { angle: 12.5 }],
    [
      { mask: '1', expand: 'FALSE', trim: 1, lossless: true, refine: '0', decontaminate: 0, exact_resize: 'true' },
      {
        mask: true,
        expand: false,
        trim: true,
        lossless: true,
        refine: false,
        decontaminate: false,
        exact_resize: true,
      },
    ],
    [{ bg_color: 'RebeccaPurple' }, { bg_color: '#663399ff' }],
    [{ bg_color: '#F80' }, { bg_color: '#ff8800ff' }],
    [{ bg_color: '#f808' }, { bg_color: '#ff880088' }],
    [{ bg_color: '#A1b2C3' }, { bg_color: '#a1b2c3ff' }],
    [{ bg_color: '#A1b2C304' }, { bg_color: '#a1b2c304' }],
    [{ bg_color: 'transparent' }, { bg_color: '#00000000' }],
    [{ quality: '100' }, { quality: 100 }],
    [{ margin: 10 }, { margin: '10px 10px 10px 10px' }],
    [{ margin: '5%' }, { margin: '5% 5% 5% 5%' }],
    [{ margin: '1 2%' }, { margin: '1px 2% 1px 2%' }],
    [{ margin: '1px 2px 3px 4px' }, { margin: '1px 2px 3px 4px' }],
    [{ scale: '1' }, { scale: 1 }],
    [{ position: 'Bottom-Right' }, { position: '100% 100%' }],
    [{ position: 'right bottom' }, { position: '100% 100%' }],
    [{ position: '25' }, { position: '25% 25%' }],
    [{ position: '0% 100%' }, { position: '0% 100%' }],
    [{ shadow: 'true' }, { shadow: { opacity: 0.4, blur: 20, offset: { x: 0, y: 10 } } }],
    [{ shadow: '{"opacity":"1","blur":0}' }, { shadow: { opacity: 1, blur: 0, offset: { x: 0, y: 10 } } }],
    [{ shadow: false }, {}],
    [{ bg_image: '17' }, { bg_image: 17 }],
    [{ bg_image: 'backdrop.jpg' }, { bg_image: 'backdrop.jpg' }],
    [{ sizes: '640, 320,640' }, { sizes: [320, 640] }],
    [{ sizes: '[320]' }, { sizes: [320] }],
    [{ sizes: 320 }, { sizes: [320] }],
    [{ w: '', bg_color: null, margin: ' ', shadow: '', bg_image: '', angle: '', mask: null, format: '' }, {}],
  ])('%j', (input, expected) => {
    expect(parse(input)).toEqual({ ...parse({}), ...expected });
  });
});

test('parsing what was parsed changes nothing, whatever was given', () => {
  const text = (values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
    fc.oneof(
      values,
      values.map((value) => JSON.stringify(value)),
    );
  const flag = text(fc.boolean());
  const length = fc.oneof(
    fc.nat(5000).map((n) => `${n}px`),
    fc.nat(200).map((n) => `${n}%`),
    fc.nat(5000).map(String),
  );
  const lengths = fc.constantFrom(1, 2, 4).chain((count) => fc.array(length, { minLength: count, maxLength: count }));
  const given = fc.record(
    {
      format: fc.constantFrom('webp', 'PNG', 'jpg', 'jpeg', 'Bmp', 'avif'),
      w: text(fc.integer({ min: 0, max: 10_000 })),
      h: text(fc.integer({ min: 0, max: 10_000 })),
      exact_resize: flag,
      bg_color: fc.oneof(
        fc.constantFrom(...Object.keys(names)),
        fc.stringMatching(/^#([0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})$/),
      ),
      angle: text(fc.double({ min: -360, max: 360, noNaN: true })),
      expand: flag,
      quality: text(fc.integer({ min: 1, max: 100 })),
      margin: lengths.map((parts) => parts.join(' ')),
      scale: text(fc.double({ min: 1, max: 100, noNaN: true })),
      position: fc.tuple(fc.nat(100), fc.nat(100)).map(([x, y]) => `${x}% ${y}%`),
      shadow: text(fc.record({ opacity: fc.double({ min: 0, max: 1, noNaN: true }), blur: fc.nat(500) })),
      sizes: text(fc.array(fc.integer({ min: 16, max: 10_000 }), { maxLength: 12 })),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(given, (input) => {
      const once = parse(input);
      expect(parse(once)).toEqual(once);
      // Also over the wire.
      expect(parse(JSON.parse(JSON.stringify(once)))).toEqual(once);
    }),
  );
});

test('no input whatever makes the parser throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.anything(), fc.dictionary(fc.string(), fc.anything())), (input) => {
      expect(typeof parseComposeOptions(input).ok).toBe('boolean');
    }),
  );
});

test('colours keep every byte through their one spelling', () => {
  const byte = fc.nat(255);
  fc.assert(
    fc.property(fc.record({ r: byte, g: byte, b: byte, alpha: byte }), (color) => {
      expect(parseColor(formatColor(color))).toEqual(color);
    }),
  );
});
