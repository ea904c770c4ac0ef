import sharp, { type Sharp } from 'sharp';
import { decode, refuseTransparent } from '../../../server/src/imaging/decode';
import type { Raster } from '../../../server/src/imaging/raster';
import { inspectSource } from '../../../server/src/imaging/source';
import { distance, draw, quadrants, rgbaOf, sharpOf, temporaryFolder, at, type Rgba } from './pictures';

const file = temporaryFolder();
const WIDTH = 48;
const HEIGHT = 32;

async function decoded(path: string): Promise<Raster> {
  return decode(await inspectSource(path, { maxPixels: 1e6 }));
}

/** The pixels a camera would store, so that its EXIF orientation shows `upright` (TIFF 6.0, tag 274). */
function storedAs(upright: Rgba, orientation: number): Rgba {
  const turned = orientation >= 5;
  const width = turned ? upright.height : upright.width;
  const height = turned ? upright.width : upright.height;
  const places: Record<number, (x: number, y: number) => [number, number]> = {
    1: (x, y) => [x, y],
    2: (x, y) => [width - 1 - x, y],
    3: (x, y) => [width - 1 - x, height - 1 - y],
    4: (x, y) => [x, height - 1 - y],
    5: (x, y) => [y, x],
    6: (x, y) => [height - 1 - y, x],
    7: (x, y) => [height - 1 - y, width - 1 - x],
    8: (x, y) => [y, width - 1 - x],
  };
  return draw(width, height, (x, y) => at(upright, ...places[orientation]!(x, y)));
}

/** How a colour space is stored, and how far a channel may be off after the way there and back. */
const SPACES: Record<
  string,
  { ext: string; alpha: boolean; grey?: true; off: number; store: (picture: Sharp) => Sharp }
> = {
  'sRGB PNG': { ext: 'png', alpha: true, off: 0, store: (picture) => picture.png() },
  'sRGB JPEG': {
    ext: 'jpg',
    alpha: false,
    off: 6,
    store: (picture) => picture.jpeg({ quality: 98, chromaSubsampling: '4:4:4' }),
  },
  'progressive JPEG': {
    ext: 'jpg',
    alpha: false,
    off: 6,
    store: (picture) => picture.jpeg({ quality: 98, chromaSubsampling: '4:4:4', progressive: true }),
  },
  'lossless WebP': {
    ext: 'webp',
    alpha: true,
    off: 0,
    store: (picture) => picture.webp({ lossless: true, exact: true }),
  },
  TIFF: { ext: 'tif', alpha: true, off: 0, store: (picture) => picture.tiff({ compression: 'lzw' }) },
  '16-bit PNG': { ext: 'png', alpha: true, off: 1, store: (picture) => picture.toColourspace('rgb16').png() },
  'palette PNG': { ext: 'png', alpha: true, off: 2, store: (picture) => picture.png({ palette: true, dither: 0 }) },
  'grey PNG': { ext: 'png', alpha: true, grey: true, off: 1, store: (picture) => picture.greyscale().png() },
  'grey 16-bit PNG': {
    ext: 'png',
    alpha: true,
    grey: true,
    off: 1,
    store: (picture) => picture.toColourspace('grey16').png(),
  },
  'grey JPEG': {
    ext: 'jpg',
    alpha: false,
    grey: true,
    off: 6,
    store: (picture) => picture.greyscale().jpeg({ quality: 98 }),
  },
  'CMYK JPEG': {
    ext: 'jpg',
    alpha: false,
    off: 48,
    store: (picture) =>
      picture.toColourspace('cmyk').withIccProfile('cmyk').jpeg({ quality: 98, chromaSubsampling: '4:4:4' }),
  },
  'CMYK TIFF': {
    ext: 'tif',
    alpha: false,
    off: 48,
    store: (picture) => picture.toColourspace('cmyk').withIccProfile('cmyk').tiff({ compression: 'lzw' }),
  },
  'Display P3 PNG': { ext: 'png', alpha: true, off: 3, store: (picture) => picture.withIccProfile('p3').png() },
  'Display P3 16-bit PNG': {
    ext: 'png',
    alpha: true,
    off: 3,
    store: (picture) => picture.toColourspace('rgb16').withIccProfile('p3').png(),
  },
};

const TRANSPARENCIES: Record<string, readonly number[]> = {
  opaque: [255, 255, 255, 255],
  transparent: [255, 128, 40, 255],
};

/** Luminance as libvips weighs it for grey. */
async function greyOf(picture: Rgba): Promise<Rgba> {
  const { data } = await sharpOf(picture).removeAlpha().greyscale().raw().toBuffer({ resolveWithObject: true });
  return draw(picture.width, picture.height, (x, y) => {
    const grey = data[y * picture.width + x]!;
    return [grey, grey, grey, at(picture, x, y)[3]];
  });
}

describe.each(Object.keys(SPACES))('%s', (name) => {
  const { ext, alpha, grey, off, store } = SPACES[name]!;
  for (const [transparency, alphas] of Object.entries(TRANSPARENCIES)) {
    if (transparency === 'transparent' && !alpha) continue;
    test.each([1, 2, 3, 4, 5, 6, 7, 8])(
      `${transparency}, EXIF orientation %d: upright in sRGB, alpha straight and apart`,
      async (orientation) => {
        const upright = quadrants(WIDTH, HEIGHT, alphas);
        const path = file(`${name}-${transparency}-${orientation}.${ext}`);
        const stored = storedAs(upright, orientation);
        const picture = alpha ? sharpOf(stored) : sharpOf(stored).removeAlpha();
        await store(picture).withMetadata({ orientation }).toFile(path);

        const raster = await decoded(path);

        expect(raster.alpha === null).toBe(transparency === 'opaque');
        expect(distance(rgbaOf(raster), grey ? await greyOf(upright) : upright)).toBeLessThanOrEqual(off);
      },
    );
  }
});

test('an untagged CMYK picture is read as some sRGB picture of the right size', async () => {
  await sharpOf(quadrants(WIDTH, HEIGHT)).removeAlpha().toColourspace('cmyk').tiff().toFile(file('untagged.tif'));
  expect(await decoded(file('untagged.tif'))).toMatchObject({ width: WIDTH, height: HEIGHT, alpha: null });
});

test('wide-gamut colours are converted, not taken as if they were sRGB', async () => {
  // The same numbers mean a stronger red in Display P3; outside sRGB they are clipped at its edge.
  const path = file('p3-red.png');
  const red = draw(8, 8, () => [220, 60, 50, 255]);
  const asP3 = await sharpOf(red).withIccProfile('p3').png().toBuffer();
  const { icc } = await sharp(asP3).metadata();
  expect(icc).toBeDefined();
  await sharpOf(red).removeAlpha().withIccProfile('p3').png().toFile(path);
  const raster = await decoded(path);
  // withIccProfile converts on the way out, so the way in must bring the same colours back.
  expect(distance(rgbaOf(raster), red)).toBeLessThanOrEqual(3);
  const raw = await sharp(path, { ignoreIcc: true }).raw().toBuffer();
  expect(Math.abs(raw[0]! - 220)).toBeGreaterThan(8);
});

describe('a picture that is cut out already', () => {
  const raster = (clear: number): Raster => ({
    width: 10,
    height: 10,
    rgb: Buffer.alloc(300),
    alpha: Buffer.alloc(100, 255).fill(0, 0, clear),
  });

  test('is skipped from the threshold on', () => {
    expect(() => refuseTransparent(raster(10), 0.1)).toThrow(
      '10 % of the picture is transparent already; from 10 % on it counts as cut out.',
    );
    expect(() => refuseTransparent(raster(9), 0.1)).not.toThrow();
    expect(() => refuseTransparent(raster(100), null)).not.toThrow();
  });

  test('half-transparent pixels do not count, and an opaque picture never is one', () => {
    expect(() => refuseTransparent({ ...raster(0), alpha: Buffer.alloc(100, 1) }, 0)).not.toThrow();
    expect(() => refuseTransparent({ ...raster(0), alpha: null }, 0)).not.toThrow();
  });
});
