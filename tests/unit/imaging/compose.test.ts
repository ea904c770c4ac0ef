import { writeFileSync } from 'node:fs';
import sharp from 'sharp';
import { compose, composeMask } from '../../../server/src/imaging/compose';
import { smallerSizes } from '../../../server/src/imaging/sizes';
import { clearHidden } from '../../../server/src/imaging/planes';
import type { Layer } from '../../../server/src/imaging/raster';
import { parseComposeOptions, type ComposeOptions } from '../../../server/src/options';
import {
  at,
  distance,
  draw,
  layerOf,
  quadrants,
  rgbaOf,
  sharpOf,
  temporaryFolder,
  type Pixel,
  type Rgba,
} from './pictures';

const file = temporaryFolder();

function options(input: object): ComposeOptions {
  const result = parseComposeOptions(input);
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return result.options;
}

const WIDTH = 80;
const HEIGHT = 60;
const RED: Pixel = [200, 40, 40, 255];
const CLEAR: Pixel = [0, 0, 0, 0];

/** A red box from (20, 10) to (60, 40) on nothing, with a half-transparent column at its right side. */
function subject(): Layer {
  return layerOf(
    draw(WIDTH, HEIGHT, (x, y) => {
      if (y < 10 || y >= 40 || x < 20 || x > 60) return CLEAR;
      return x === 60 ? [200, 40, 40, 128] : RED;
    }),
  );
}

const made = async (input: object, layer = subject(), background?: string): Promise<Rgba> =>
  rgbaOf(
    await compose(layer, options(input), background === undefined ? undefined : { path: background, maxPixels: 1e6 }),
  );

test('without options the picture is the foreground, pixel for pixel', async () => {
  expect(distance(await made({}), rgbaOf(subject()))).toBe(0);
});

test.each([
  {},
  { trim: true },
  { w: 40 },
  { shadow: true },
  { bg_color: 'blue' },
  { bg_color: '#00f8' },
  { format: 'jpeg' },
  { angle: 90 },
  { angle: 33 },
  { margin: 5 },
  { scale: 50 },
])('the foreground stays as it was, so that the next variant can use it: %j', async (input) => {
  const layer = subject();
  await compose(layer, options(input));
  expect(distance(rgbaOf(layer), rgbaOf(subject()))).toBe(0);
});

describe('trim, margin, size, scale and position', () => {
  test('trim leaves the subject alone', async () => {
    const picture = await made({ trim: true });
    expect([picture.width, picture.height]).toEqual([41, 30]);
    expect(at(picture, 0, 0)).toEqual(RED);
    expect(at(picture, 40, 29)).toEqual([200, 40, 40, 128]);
  });

  test('a margin is clear space around it', async () => {
    const picture = await made({ trim: true, margin: '3px 0 0 5px' });
    expect([picture.width, picture.height]).toEqual([46, 33]);
    expect(at(picture, 4, 3)).toEqual(CLEAR);
    expect(at(picture, 5, 2)).toEqual(CLEAR);
    expect(at(picture, 5, 3)).toEqual(RED);
  });

  test('a smaller picture keeps pure colours at its edges: alpha weighs them', async () => {
    const picture = await made({ w: 37 });
    for (let i = 0; i < picture.data.length; i += 4) {
      const [r, g, b, a] = picture.data.subarray(i, i + 4) as unknown as Pixel;
      if (a === 0) expect([r, g, b]).toEqual([0, 0, 0]);
      else if (a > 1) expect(Math.max(Math.abs(r - 200), Math.abs(g - 40), Math.abs(b - 40))).toBeLessThanOrEqual(1);
    }
  });

  test('without enlarge a picture that is smaller keeps its size, and a larger one is made smaller', async () => {
    const size = async (input: object) => {
      const { width, height } = await made({ enlarge: false, ...input });
      return [width, height];
    };
    expect(await size({ w: 400 })).toEqual([WIDTH, HEIGHT]);
    expect(await size({ w: 400, h: 30 })).toEqual([40, 30]);
    expect(await size({ w: 400, h: 300, trim: true, margin: '10px' })).toEqual([61, 50]);
    expect(await size({ w: 160, h: 120, exact_resize: true })).toEqual([160, 120]);
    const placed = await made({ enlarge: false, w: 160, h: 120, exact_resize: true, scale: 100 });
    expect(at(placed, 80, 60)).toEqual(RED);
    expect(at(placed, 55, 60)).toEqual(CLEAR);
  });

  test('exact_resize distorts to both sides', async () => {
    const picture = await made({ w: 160, h: 30, exact_resize: true });
    expect([picture.width, picture.height]).toEqual([160, 30]);
    expect(at(picture, 80, 12)).toEqual(RED);
  });

  test('scale and position put the subject where they say', async () => {
    const picture = await made({ scale: 50, position: 'bottom left' });
    expect([picture.width, picture.height]).toEqual([WIDTH, HEIGHT]);
    // 41 × 30 within 40 × 30 of the canvas: 40 × 29.
    expect(at(picture, 1, 58)[3]).toBe(255);
    expect(at(picture, 1, 29)).toEqual(CLEAR);
    expect(at(picture, 41, 58)).toEqual(CLEAR);
  });
});

describe('shadow', () => {
  const hard = { opacity: 0.5, blur: 0, offset: { x: 6, y: 4 } };

  test('falls beside the subject, black and as dark as asked', async () => {
    const picture = await made({ shadow: hard });
    expect(at(picture, 64, 43)).toEqual([0, 0, 0, 128]);
    expect(at(picture, 64, 45)).toEqual(CLEAR);
    expect(at(picture, 30, 20)).toEqual(RED);
    expect(at(picture, 21, 9)).toEqual(CLEAR);
  });

  test('shows through a half-transparent subject by the rule of "over"', async () => {
    // Above 128, below the shadow's 127.5: 128 + 127.5 · 127/255 = 191.5, of which 128 are red.
    const [r, g, b, a] = at(await made({ shadow: { ...hard, offset: { x: 0, y: 0 }, opacity: 1 } }), 60, 20);
    expect(a).toBeGreaterThanOrEqual(191);
    expect(a).toBeLessThanOrEqual(192);
    expect([r, g, b].map((value, i) => Math.abs(value - [200, 40, 40][i]! * (128 / 191.5)))).toEqual(
      expect.arrayContaining([expect.any(Number)]),
    );
    expect(Math.abs(r - 134)).toBeLessThanOrEqual(2);
  });

  test.each([8, 60])('blurred over %d px it follows the Gaussian of half that σ', async (blur) => {
    // A half plane, whose blur is the error function.
    const size = 400;
    const half = layerOf(draw(size, size, (x) => (x < 200 ? RED : CLEAR)));
    const picture = await made({ shadow: { opacity: 1, blur, offset: { x: 0, y: 0 } } }, half);
    const sigma = blur / 2;
    for (const away of [0.5, 0.25, 1]) {
      const x = Math.round(200 + away * sigma);
      const expected = 255 * (1 - normal((x + 0.5 - 200) / sigma));
      expect(Math.abs(at(picture, x, 200)[3] - expected)).toBeLessThan(8);
    }
  });

  test('with trim the canvas grows as far as the shadow is seen, and a wider margin stays what it is', async () => {
    const shadow = { opacity: 1, blur: 8, offset: { x: 5, y: -3 } };
    const picture = await made({ trim: true, shadow });
    // 41 × 30, and 12 pixels of blur on each side, moved.
    expect([picture.width, picture.height]).toEqual([7 + 41 + 17, 15 + 30 + 9]);
    const rim = (x: number, y: number) => at(picture, x, y)[3];
    for (let x = 0; x < picture.width; x++) expect(Math.max(rim(x, 0), rim(x, picture.height - 1))).toBeLessThan(4);
    for (let y = 0; y < picture.height; y++) expect(Math.max(rim(0, y), rim(picture.width - 1, y))).toBeLessThan(4);
    const wide = await made({ trim: true, shadow, margin: '20px 0px' });
    expect([wide.width, wide.height]).toEqual([7 + 41 + 17, 20 + 30 + 20]);
    const fitted = await made({ trim: true, shadow, margin: '50% 0px', w: 120, h: 60 });
    expect([fitted.width, fitted.height]).toEqual([expect.any(Number), 60]);
  });

  test('an offset beyond the canvas leaves nothing behind', async () => {
    const picture = await made({ shadow: { opacity: 1, blur: 0, offset: { x: -500, y: 500 } } });
    expect(distance(picture, rgbaOf(subject()))).toBe(0);
  });

  /** Abramowitz & Stegun 7.1.26. */
  function normal(z: number): number {
    const t = 1 / (1 + (0.3275911 * Math.abs(z)) / Math.SQRT2);
    const series = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
    const erf = 1 - series * Math.exp((-z * z) / 2);
    return z < 0 ? (1 - erf) / 2 : (1 + erf) / 2;
  }
});

describe('background', () => {
  test('an opaque colour lies behind, mixed by alpha', async () => {
    const picture = await made({ bg_color: '#00f' });
    expect(at(picture, 0, 0)).toEqual([0, 0, 255, 255]);
    expect(at(picture, 30, 20)).toEqual(RED);
    expect(at(picture, 60, 20)).toEqual([100, 20, 147, 255]);
  });

  test('a half-transparent colour stays half-transparent', async () => {
    const picture = await made({ bg_color: '#0000ff80' });
    expect(at(picture, 0, 0)).toEqual([0, 0, 255, 128]);
    // 128 + 128 · 127/255 = 191.7, of which 128 are red.
    expect(at(picture, 60, 20)).toEqual([134, 27, 111, 192]);
  });

  test.each(['jpeg', 'bmp'])(
    '%s, which has no transparency, lies on white, or on the colour asked for',
    async (format) => {
      expect(at(await made({ format }), 0, 0)).toEqual([255, 255, 255, 255]);
      expect(at(await made({ format }), 60, 20)).toEqual([227, 147, 147, 255]);
      expect(at(await made({ format, bg_color: 'blue' }), 0, 0)).toEqual([0, 0, 255, 255]);
      expect(at(await made({ format, bg_color: '#0000ff80' }), 0, 0)).toEqual([127, 127, 255, 255]);
    },
  );

  test('another picture covers the canvas, upright and centred', async () => {
    // 200 × 60: cover leaves the middle 80 × 60, where left is green and right is blue.
    const wide = draw(200, 60, (x) =>
      x < 60 ? [9, 9, 9, 255] : x < 100 ? [0, 160, 0, 255] : x < 140 ? [0, 0, 160, 255] : [9, 9, 9, 255],
    );
    await sharpOf(wide).removeAlpha().png().toFile(file('wide.png'));
    const picture = await made({ bg_image: 1 }, subject(), file('wide.png'));
    expect(at(picture, 2, 2)).toEqual([0, 160, 0, 255]);
    expect(at(picture, 77, 57)).toEqual([0, 0, 160, 255]);
    expect(at(picture, 30, 20)).toEqual(RED);
    expect(at(picture, 60, 20)).toEqual([100, 20, 100, 255]);
  });

  test('where that picture is transparent, the colour shows', async () => {
    await sharpOf(quadrants(WIDTH, HEIGHT, [0, 0, 0, 0]))
      .png()
      .toFile(file('clear.png'));
    const picture = await made({ bg_image: 1, bg_color: 'lime' }, subject(), file('clear.png'));
    expect(at(picture, 0, 0)).toEqual([0, 255, 0, 255]);
  });

  test('what lies on a picture has no alpha, also where that picture or a colour under it is transparent', async () => {
    await sharpOf(quadrants(WIDTH, HEIGHT, [0, 128, 255, 0]))
      .png()
      .toFile(file('half.png'));
    for (const input of [{}, { bg_color: '#ff000080' }, { angle: 20 }]) {
      const asked = options({ bg_image: 1, ...input });
      const { kind } = await compose(subject(), asked, { path: file('half.png'), maxPixels: 1e6 });
      expect(kind).toBe('opaque');
    }
  });

  test('one that cannot be used is the fault of the options', async () => {
    writeFileSync(file('x.svg'), '<svg/>');
    await expect(made({ bg_image: 1 }, subject(), file('x.svg'))).rejects.toMatchObject({
      code: 'options.invalid',
      message: "The picture of 'bg_image' cannot be used: SVG drawings have no photo background to remove.",
    });
  });
});

describe('rotation', () => {
  test('positive angles turn counter-clockwise, as in Pillow', async () => {
    const layer = layerOf(quadrants(WIDTH, HEIGHT));
    const picture = await made({ angle: 90 }, layer);
    const upright = rgbaOf(layer);
    expect([picture.width, picture.height]).toEqual([HEIGHT, WIDTH]);
    // The top right corner comes to the top left.
    expect(at(picture, 0, 0)).toEqual(at(upright, WIDTH - 1, 0));
    expect(at(picture, HEIGHT - 1, 0)).toEqual(at(upright, WIDTH - 1, HEIGHT - 1));
  });

  test.each([90, 180, 270, -90, 360, -360])('%d degrees move pixels and change none', async (angle) => {
    const layer = layerOf(quadrants(WIDTH, HEIGHT, [255, 100, 20, 255]));
    const { data } = await sharpOf(rgbaOf(layer)).rotate(-angle).raw().toBuffer({ resolveWithObject: true });
    expect((await made({ angle }, layer)).data.equals(data)).toBe(true);
  });

  test('a free angle with expand cuts nothing off and keeps colours pure', async () => {
    const picture = await made({ angle: 30 });
    expect([picture.width, picture.height]).toEqual([100, 92]);
    const before = rgbaOf(subject()).data.reduce((sum, value, i) => (i % 4 === 3 ? sum + value : sum), 0);
    const after = picture.data.reduce((sum, value, i) => (i % 4 === 3 ? sum + value : sum), 0);
    expect(Math.abs(after / before - 1)).toBeLessThan(0.01);
    for (let i = 0; i < picture.data.length; i += 4) {
      const [r, g, , a] = picture.data.subarray(i, i + 4) as unknown as Pixel;
      if (a === 0) expect([r, g]).toEqual([0, 0]);
      else if (a > 40) expect(Math.max(Math.abs(r - 200), Math.abs(g - 40))).toBeLessThanOrEqual(4);
    }
  });

  test('without expand the canvas stays and corners are cut', async () => {
    const picture = await made({ angle: 45, expand: false }, layerOf(quadrants(WIDTH, HEIGHT)));
    expect([picture.width, picture.height]).toEqual([WIDTH, HEIGHT]);
    expect(at(picture, 0, 0)).toEqual(CLEAR);
    expect(at(picture, WIDTH / 2, 2)[3]).toBe(255);
    const turned = await made({ angle: 90, expand: false });
    expect([turned.width, turned.height]).toEqual([WIDTH, HEIGHT]);
  });

  test('corners that open show the background colour', async () => {
    for (const [bg_color, corner] of [
      ['blue', [0, 0, 255, 255]],
      ['#00f8', [0, 0, 255, 136]],
    ] as const) {
      const picture = await made({ angle: 20, bg_color });
      expect(at(picture, 0, 0)).toEqual(corner);
      expect(at(picture, picture.width >> 1, 4)).toEqual(corner);
    }
    expect(at(await made({ angle: 20, format: 'jpeg' }), 0, 0)).toEqual([255, 255, 255, 255]);
    expect(at(await made({ angle: 20 }), 0, 0)).toEqual(CLEAR);
  });
});

describe('the order of steps is fixed', () => {
  test('a margin counts in pixels of the result: it is not scaled with the picture', async () => {
    const picture = await made({ trim: true, margin: '10px', w: 220 });
    expect(picture.width).toBe(220);
    expect(at(picture, 9, picture.height >> 1)).toEqual(CLEAR);
    expect(at(picture, 11, picture.height >> 1)[3]).toBe(255);
  });

  test('the shadow comes after the resize: its offset is not scaled', async () => {
    const picture = await made({ w: 160, shadow: { opacity: 1, blur: 0, offset: { x: 6, y: 0 } } });
    // The subject ends at 2 × 61; its shadow 6 pixels further, not 12.
    expect(at(picture, 126, 40)[3]).toBeGreaterThan(100);
    expect(at(picture, 130, 40)[3]).toBeLessThan(20);
  });

  test('the shadow comes before the rotation: it turns with the subject', async () => {
    const picture = await made({ angle: 180, shadow: { opacity: 1, blur: 0, offset: { x: 0, y: 10 } } });
    // Below before, above after: the subject now begins at 20.
    expect(at(picture, 40, 12)).toEqual([0, 0, 0, 255]);
    expect(at(picture, 40, 52)).toEqual(CLEAR);
  });

  test('the shadow lies on the background, and a background picture turns with all', async () => {
    await sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background: '#0a0' } })
      .png()
      .toFile(file('green.png'));
    const picture = await made(
      { bg_image: 1, angle: 45, shadow: { opacity: 0.5, blur: 0, offset: { x: 0, y: 10 } } },
      subject(),
      file('green.png'),
    );
    // Corners that a rotation opens are white: a picture on a picture leaves nothing to see through.
    expect(at(picture, 0, 0)).toEqual([255, 255, 255, 255]);
    const shades = new Set<string>();
    for (let i = 0; i < picture.data.length; i += 4) shades.add(picture.data.subarray(i, i + 4).join());
    expect([...shades]).toEqual(expect.arrayContaining(['0,170,0,255', '0,85,0,255', '200,40,40,255']));
  });

  test('trim comes before the resize: w is the width of the subject', async () => {
    const picture = await made({ trim: true, w: 82 });
    expect([picture.width, picture.height]).toEqual([82, 60]);
    expect(at(picture, 10, 10)).toEqual(RED);
  });

  test('the resize comes before the rotation: w holds the picture before it turns', async () => {
    const picture = await made({ w: 40, angle: 90 });
    expect([picture.width, picture.height]).toEqual([30, 40]);
  });
});

describe('mask', () => {
  const mask = async (input: object): Promise<Rgba> => {
    const layer = subject();
    return rgbaOf(
      await composeMask({ width: WIDTH, height: HEIGHT, data: layer.alpha }, options({ mask: true, ...input })),
    );
  };

  test('is the matte in grey, soft values kept', async () => {
    const picture = await mask({});
    expect([at(picture, 0, 0)[0], at(picture, 30, 20)[0], at(picture, 60, 20)[0]]).toEqual([0, 255, 128]);
  });

  test.each([{ trim: true, margin: 4 }, { w: 40 }, { scale: 50, position: 'top' }, { angle: 90 }, { angle: 30 }])(
    'takes the same way as the picture: %j',
    async (input) => {
      const [grey, picture] = [await mask(input), await made(input)];
      expect([grey.width, grey.height]).toEqual([picture.width, picture.height]);
      const alphas = draw(picture.width, picture.height, (x, y) => {
        const a = at(picture, x, y)[3];
        return [a, a, a, 255];
      });
      // A grey plane goes through libvips in 8 bits, a picture's alpha in 16.
      expect(distance(grey, alphas)).toBeLessThanOrEqual(5);
    },
  );
});

describe('sizes', () => {
  test.each([{}, { bg_color: 'blue' }, { mask: true }])(
    'are the finished picture, smaller, aspect kept: %j',
    async (input) => {
      const layer = subject();
      const picture =
        'mask' in input
          ? await composeMask({ width: WIDTH, height: HEIGHT, data: layer.alpha }, options(input))
          : await compose(layer, options(input));
      const widths: [number, number][] = [];
      for await (const smaller of smallerSizes(picture, [16, 40, 80, 200])) {
        expect(smaller.kind).toBe(picture.kind);
        widths.push([smaller.width, smaller.height]);
        const factor = smaller.width / WIDTH;
        const here = at(rgbaOf(smaller), Math.round(40 * factor), Math.round(25 * factor));
        const there = at(rgbaOf(picture), 40, 25);
        for (const channel of [0, 1, 2, 3] as const)
          expect(Math.abs(here[channel] - there[channel])).toBeLessThanOrEqual(2);
      }
      expect(widths).toEqual([
        [40, 30],
        [16, 12],
      ]);
    },
  );
});

test('nothing hidden survives any option that keeps transparency', async () => {
  const dirty = subject();
  dirty.rgb.fill(90, 0, 3 * 100);
  clearHidden(dirty);
  for (const input of [
    {},
    { w: 33 },
    { trim: true, margin: 3 },
    { shadow: true },
    { angle: 12 },
    { scale: 30 },
    { angle: 270 },
  ]) {
    const { data } = await made(input, dirty);
    for (let i = 0; i < data.length; i += 4)
      if (data[i + 3] === 0) expect([...data.subarray(i, i + 3)]).toEqual([0, 0, 0]);
  }
});
