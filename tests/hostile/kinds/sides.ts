import { group, type HostileFile, type Odd } from '../file';
import { photo } from '../photo';
import { bmpFile, packedRows } from '../../unit/imaging/bmp';
import { flat } from './png';
import { pngOf } from './png-file';

/** WebP, in which cutouts are written, ends at 16383 pixels a side. */
const TOO_LONG = 'options.invalid';
const PNG = { ext: '.png', mime: 'image/png' };

const png = (width: number, height: number) => () => photo({ width, height }).png({ compressionLevel: 1 }).toBuffer();
const jpeg = (width: number, height: number) => () => photo({ width, height }).jpeg().toBuffer();
const sized = (width: number, height: number, make: Odd['make'], odd: Partial<Odd> = {}): Odd => ({
  title: `${width} × ${height}`,
  make,
  ...odd,
});

const files: Odd[] = [
  sized(1, 1, png(1, 1)),
  { title: '1 × 1, JPEG', make: jpeg(1, 1), name: 'dot.jpg', mime: 'image/jpeg' },
  {
    title: '1 × 1, WebP',
    make: () => photo({ width: 1, height: 1 }).webp().toBuffer(),
    name: 'dot.webp',
    mime: 'image/webp',
  },
  {
    title: '1 × 1, GIF',
    make: () => photo({ width: 1, height: 1 }).gif().toBuffer(),
    name: 'dot.gif',
    mime: 'image/gif',
  },
  {
    title: '1 × 1, AVIF',
    make: () => photo({ width: 1, height: 1 }).avif({ effort: 0 }).toBuffer(),
    name: 'dot.avif',
    mime: 'image/avif',
  },
  {
    title: '1 × 1, BMP',
    make: () => bmpFile({ width: 1, height: 1, bits: 24, rows: packedRows(1, 1, 24, () => 0xffffff) }),
    name: 'dot.bmp',
    mime: 'image/bmp',
  },
  { title: '1 × 1, 1 bit', make: () => pngOf({ type: 0, depth: 1, width: 1, height: 1 }) },
  { title: '1 × 1, interlaced', make: () => pngOf({ type: 2, depth: 8, width: 1, height: 1, interlaced: true }) },
  sized(2, 1, png(2, 1)),
  sized(1, 2, png(1, 2)),
  sized(3, 3, png(3, 3)),
  sized(1, 5000, png(1, 5000)),
  sized(5000, 1, png(5000, 1)),
  sized(16_383, 2, png(16_383, 2)),
  sized(2, 16_383, png(2, 16_383)),
  sized(16_384, 2, png(16_384, 2), { outcomes: TOO_LONG }),
  sized(20_000, 3, png(20_000, 3), { outcomes: TOO_LONG }),
  sized(3, 17_000, png(3, 17_000), { outcomes: TOO_LONG }),
  sized(65_535, 1, png(65_535, 1), { outcomes: TOO_LONG }),
  sized(1, 65_535, png(1, 65_535), { outcomes: TOO_LONG }),
  { title: '65500 × 1, JPEG', make: jpeg(65_500, 1), name: 'line.jpg', mime: 'image/jpeg', outcomes: TOO_LONG },
  { title: 'as many pixels as the limit', make: () => flat(5000, 4000) },
  { title: 'more pixels than the limit', make: () => flat(5000, 4001), outcomes: 'source.too-many-pixels' },
];

export const sides = (): HostileFile[] => group('Sides', PNG, files);
