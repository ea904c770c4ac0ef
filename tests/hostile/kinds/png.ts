import { deflateSync } from 'node:zlib';
import { latin, noise, patched, u32be, zip } from '../bytes';
import { group, type HostileFile, type Odd } from '../file';
import { HTML } from './jpeg';
import { chunk, idat, IEND, ihdr, palette, png, pngOf, type PngSpec, rows, SIGNATURE } from './png-file';

const BROKEN = 'source.truncated';
const PNG = { ext: '.png', mime: 'image/png' };
const RGB: PngSpec = { type: 2, depth: 8 };

const KINDS: [string, PngSpec['type'], PngSpec['depth'][]][] = [
  ['grey', 0, [1, 2, 4, 8, 16]],
  ['RGB', 2, [8, 16]],
  ['palette', 3, [1, 2, 4, 8]],
  ['grey and alpha', 4, [8, 16]],
  ['RGBA', 6, [8, 16]],
];

const plain: Odd[] = KINDS.flatMap(([colours, type, depths]) =>
  depths.flatMap((depth) =>
    [false, true].map((interlaced) => ({
      title: `${colours}, ${depth} bit${depth === 1 ? '' : 's'}${interlaced ? ', interlaced' : ''}`,
      make: () => pngOf({ type, depth, interlaced }),
    })),
  ),
);

const packedZeros = (bytes: number) => deflateSync(Buffer.alloc(bytes), { level: 9 });
const text = (...parts: (string | Buffer)[]) => Buffer.concat(parts.map((part) => Buffer.from(part)));
const MOST = 0x7fffffff;

/** Black with a white square: packs to nothing. */
export function flat(width: number, height: number): Buffer {
  const stride = Math.ceil(width / 8) + 1;
  const raw = Buffer.alloc(stride * height);
  for (let y = height >> 2; y < height >> 1; y += 1)
    raw.fill(255, y * stride + 1 + (stride >> 2), y * stride + (stride >> 1));
  return png(ihdr({ width, height, type: 0, depth: 1 }), chunk('IDAT', deflateSync(raw, { level: 9 })), IEND);
}

const forgiven: Odd[] = [
  {
    title: 'a clear colour in a palette',
    make: () => png(ihdr(PALE), palette(8), chunk('tRNS', Buffer.alloc(20)), idat(PALE), IEND),
    outcomes: ['done', 'source.already-transparent'],
  },
  {
    title: 'a clear colour of grey that no pixel has',
    make: () => pngOf({ type: 0, depth: 8 }, chunk('tRNS', Buffer.from([0, 7]))),
  },
  {
    title: 'a clear colour of RGB that no pixel has',
    make: () => pngOf(RGB, chunk('tRNS', Buffer.from([0, 1, 0, 2, 0, 3]))),
  },
  {
    title: 'a text that unfolds to 64 MB',
    make: () => pngOf(RGB, chunk('zTXt', text('Comment\0\0', packedZeros(64e6)))),
  },
  {
    title: 'an international text that unfolds to 64 MB',
    make: () => pngOf(RGB, chunk('iTXt', text('Comment\0\x01\0\0\0', packedZeros(64e6)))),
  },
  { title: 'a profile that unfolds to 64 MB', make: () => pngOf(RGB, chunk('iCCP', text('p\0\0', packedZeros(64e6)))) },
  { title: 'a profile of noise', make: () => pngOf(RGB, chunk('iCCP', text('p\0\0', noise(500, 3)))) },
  { title: 'a gamma of 0', make: () => pngOf(RGB, chunk('gAMA', u32be(0))) },
  { title: 'an unknown chunk that may be passed over', make: () => pngOf(RGB, chunk('hoSt', noise(100, 4))) },
  {
    title: 'a damaged text',
    make: () => pngOf(RGB, chunk('tEXt', text('Comment\0hi'), 1)),
    outcomes: ['done', BROKEN],
  },
  {
    title: 'packed bytes beyond its last row',
    make: () => png(ihdr(RGB), chunk('IDAT', deflateSync(Buffer.concat([rows(RGB), Buffer.alloc(5e6)]))), IEND),
  },
  {
    title: 'pixels in chunks of one byte',
    make: () => png(ihdr(RGB), ...[...deflateSync(rows(RGB))].map((byte) => chunk('IDAT', Buffer.from([byte]))), IEND),
  },
  {
    title: 'pixels in 3 chunks, empty ones between',
    make: () => png(ihdr(RGB), ...inThree(deflateSync(rows(RGB))), IEND),
  },
  { title: 'frames announced behind its pixels', make: () => png(ihdr(RGB), idat(RGB), chunk('acTL', FRAMES), IEND) },
  { title: '18 megapixels of nearly nothing', make: () => flat(6000, 3000) },
  { title: 'no end', make: () => png(ihdr(RGB), idat(RGB)), outcomes: ['done', BROKEN] },
];
const PALE: PngSpec = { type: 3, depth: 8 };
const FRAMES = Buffer.concat([u32be(2), u32be(0)]);
const inThree = (bytes: Buffer) =>
  [0, 1, 2].flatMap((i) => [
    chunk('IDAT', bytes.subarray(i * 3000, i === 2 ? undefined : (i + 1) * 3000)),
    chunk('IDAT'),
  ]);

const broken: Odd[] = [
  {
    title: 'frames announced, as APNG has them',
    make: () => pngOf(RGB, chunk('acTL', FRAMES)),
    outcomes: ['source.animated', 'done'],
    // Strapi writes the upload anew, as a still one.
    cli: 'source.animated',
  },
  { title: '25 megapixels of nearly nothing', make: () => flat(5000, 5000), outcomes: 'source.too-many-pixels' },
  {
    title: 'sides of 30000 and no pixels',
    make: () => png(ihdr({ ...RGB, width: 30_000, height: 30_000 }), chunk('IDAT', packedZeros(1000)), IEND),
    outcomes: 'source.too-many-pixels',
  },
  {
    title: 'sides of 2147483647',
    make: () => png(ihdr({ ...RGB, width: MOST, height: MOST }), idat(RGB), IEND),
    outcomes: BROKEN,
  },
  { title: 'no width', make: () => png(ihdr({ ...RGB, width: 0 }), idat(RGB), IEND), outcomes: BROKEN },
  { title: 'no height', make: () => png(ihdr({ ...RGB, height: 0 }), idat(RGB), IEND), outcomes: BROKEN },
  { title: 'a colour type that there is not', make: () => png(patchedHeader(9, 5), idat(RGB), IEND), outcomes: BROKEN },
  { title: '3 bits', make: () => png(patchedHeader(8, 3), idat(RGB), IEND), outcomes: BROKEN },
  { title: 'an unknown way of packing', make: () => png(patchedHeader(10, 9), idat(RGB), IEND), outcomes: BROKEN },
  { title: 'an unknown way of interlacing', make: () => png(patchedHeader(12, 9), idat(RGB), IEND), outcomes: BROKEN },
  {
    title: 'a damaged header',
    make: () => png(patched(ihdr(RGB), 21, [0, 0, 0, 0]), idat(RGB), IEND),
    outcomes: BROKEN,
  },
  {
    title: 'damaged pixels',
    make: () => png(ihdr(RGB), chunk('IDAT', deflateSync(rows(RGB)), 1), IEND),
    outcomes: BROKEN,
  },
  {
    title: 'pixels that do not unpack',
    make: () => png(ihdr(RGB), chunk('IDAT', noise(9000, 5)), IEND),
    outcomes: BROKEN,
  },
  {
    title: 'half its rows',
    make: () => png(ihdr(RGB), chunk('IDAT', deflateSync(rows(RGB).subarray(0, 10_000))), IEND),
    outcomes: BROKEN,
  },
  { title: 'no pixels', make: () => png(ihdr(RGB), IEND), outcomes: BROKEN },
  { title: 'an empty chunk of pixels', make: () => png(ihdr(RGB), chunk('IDAT'), IEND), outcomes: BROKEN },
  { title: 'a palette picture without a palette', make: () => png(ihdr(PALE), idat(PALE), IEND), outcomes: BROKEN },
  {
    title: 'a palette shorter than its pixels',
    make: () => png(ihdr(PALE), chunk('PLTE', Buffer.alloc(9)), idat(PALE), IEND),
    outcomes: ['done', BROKEN],
  },
  { title: 'two headers', make: () => png(ihdr(RGB), ihdr(RGB), idat(RGB), IEND), outcomes: BROKEN },
  {
    title: 'an unknown chunk that must be known',
    make: () => pngOf(RGB, chunk('HOST', noise(10, 6))),
    outcomes: BROKEN,
  },
  {
    title: 'a chunk of 4 GB',
    make: () => png(ihdr(RGB), Buffer.concat([u32be(0xffffffff), latin('teXt')]), idat(RGB)),
    outcomes: BROKEN,
  },
  {
    title: 'a row filter that there is not',
    make: () => png(ihdr(RGB), chunk('IDAT', deflateSync(patched(rows(RGB), 0, [7]))), IEND),
    outcomes: BROKEN,
  },
  {
    title: 'line ends that a transfer changed',
    make: () => Buffer.concat([latin('\x89PNG\n\x1a\n'), pngOf(RGB).subarray(8)]),
    outcomes: 'source.not-an-image',
  },
  { title: 'its signature alone', make: () => SIGNATURE, outcomes: BROKEN },
  { title: 'its header alone', make: () => png(ihdr(RGB)), outcomes: BROKEN },
];

const patchedHeader = (at: number, value: number) => chunk('IHDR', patched(ihdr(RGB).subarray(8, 21), at, [value]));

const mixed: Odd[] = [
  { title: 'HTML in a text', make: () => pngOf(RGB, chunk('tEXt', text('Comment\0', HTML))) },
  { title: 'HTML behind it', make: () => Buffer.concat([pngOf(RGB), latin(HTML)]) },
  {
    title: 'HTML behind it, named .html',
    make: () => Buffer.concat([pngOf(RGB), latin(HTML)]),
    name: 'page.html',
    mime: 'text/html',
    // A replaced file keeps its ending, by which it is looked at.
    outcomes: ['source.not-an-image', 'done'],
    cli: 'done',
  },
  { title: 'a ZIP behind it', make: () => Buffer.concat([pngOf(RGB), zip('a.txt', latin('hello'))]) },
];

export const pngs = (): HostileFile[] => [
  ...group('PNG', PNG, [...plain, ...forgiven, ...broken]),
  ...group('PNG and something else', PNG, mixed),
];
