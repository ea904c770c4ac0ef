import { latin, noise, zip } from '../bytes';
import { group, type HostileFile, type Odd } from '../file';
import { photo, pixels } from '../photo';

const BROKEN = 'source.truncated';
const TIFF = { ext: '.tif', mime: 'image/tiff' };
const [WIDTH, HEIGHT] = [96, 72];

interface TiffSpec {
  bigEndian?: boolean;
  /** Replaces tags of one RGB picture in a single strip; `null` leaves one out. */
  tags?: Record<number, number | null>;
  /** Where the directory says the next one is; `self` is itself. */
  next?: number | 'self';
  pages?: number;
  data?: Buffer;
}

const TAG = {
  width: 256,
  height: 257,
  bits: 258,
  packing: 259,
  meaning: 262,
  strips: 273,
  samples: 277,
  rows: 278,
  bytes: 279,
};

/** TIFF 6.0: the pixels, then a directory for each page. Every value fits its entry, as one number of 32 bits. */
function tiff({ bigEndian = false, tags = {}, next = 0, pages = 1, data = pixels() }: TiffSpec = {}): Buffer {
  const put = (bytes: Buffer, value: number, at: number, size: 2 | 4) =>
    bigEndian ? bytes.writeUIntBE(value, at, size) : bytes.writeUIntLE(value, at, size);
  const values = {
    [TAG.width]: WIDTH,
    [TAG.height]: HEIGHT,
    [TAG.bits]: 8,
    [TAG.packing]: 1,
    [TAG.meaning]: 2,
    [TAG.strips]: 8,
    [TAG.samples]: 3,
    [TAG.rows]: HEIGHT,
    [TAG.bytes]: data.length,
    ...tags,
  };
  const entries = Object.entries(values).filter((entry): entry is [string, number] => entry[1] !== null);
  const size = 2 + entries.length * 12 + 4;
  const first = 8 + data.length + (data.length % 2);
  const head = Buffer.alloc(first);
  head.write(bigEndian ? 'MM' : 'II', 'latin1');
  put(head, 42, 2, 2);
  put(head, first, 4, 4);
  data.copy(head, 8);
  const directories = Array.from({ length: pages }, (_, page) => {
    const bytes = Buffer.alloc(size);
    const here = first + page * size;
    put(bytes, entries.length, 0, 2);
    entries.forEach(([tag, value], i) => {
      put(bytes, Number(tag), 2 + i * 12, 2);
      put(bytes, 4, 4 + i * 12, 2);
      put(bytes, 1, 6 + i * 12, 4);
      put(bytes, value, 10 + i * 12, 4);
    });
    const last = next === 'self' ? here : next;
    put(bytes, page + 1 < pages ? here + size : last, size - 4, 4);
    return bytes;
  });
  return Buffer.concat([head, ...directories]);
}

export const strips = (): Buffer => tiff();
const by = (options: Parameters<ReturnType<typeof photo>['tiff']>[0]) => () => photo().tiff(options).toBuffer();
export const tiles = by({ tile: true, tileWidth: 32, tileHeight: 32, compression: 'deflate' });

const files: Odd[] = [
  { title: 'strips', make: strips },
  { title: 'big-endian', make: () => tiff({ bigEndian: true }) },
  { title: 'tiles', make: tiles },
  ...(['lzw', 'deflate', 'jpeg', 'packbits'] as const).map((compression) => ({
    title: `packed by ${compression}`,
    make: by({ compression }),
  })),
  { title: '1 bit', make: () => photo().toColourspace('b-w').tiff({ bitdepth: 1, compression: 'none' }).toBuffer() },
  { title: 'fax', make: () => photo().toColourspace('b-w').tiff({ bitdepth: 1, compression: 'ccittfax4' }).toBuffer() },
  { title: '16 bits', make: () => photo().toColourspace('rgb16').tiff({ compression: 'none' }).toBuffer() },
  { title: 'CMYK', make: () => photo().toColourspace('cmyk').tiff({ compression: 'none' }).toBuffer() },
  {
    title: 'half clear',
    make: () => photo({ clear: 0 }).tiff({ compression: 'deflate' }).toBuffer(),
    outcomes: ['source.already-transparent', 'done'],
    // Strapi writes an uploaded TIFF anew, and without its alpha.
    cli: 'source.already-transparent',
  },
  { title: 'more than 4 GB could be, as BigTIFF', make: by({ bigtiff: true }) },
  { title: 'two pages', make: () => tiff({ pages: 2 }) },
  { title: '300 pages', make: () => tiff({ pages: 300 }) },
  { title: 'a page that is its own next', make: () => tiff({ next: 'self' }), outcomes: ['done', BROKEN] },
  { title: 'a next page behind the file', make: () => tiff({ next: 0x7ffffff0 }), outcomes: ['done', BROKEN] },
  { title: 'a ZIP behind it', make: () => Buffer.concat([tiff(), zip('a.txt', latin('hello'))]) },
  { title: 'a directory behind the file', make: () => latin('II*\0\xf0\xff\xff\x7f'), outcomes: BROKEN },
  { title: 'a directory of no entries', make: () => latin('II*\0\x08\0\0\0\0\0\0\0\0\0'), outcomes: BROKEN },
  {
    title: 'a directory of noise',
    make: () => Buffer.concat([latin('II*\0\x08\0\0\0'), noise(4000, 21)]),
    outcomes: BROKEN,
  },
  { title: 'pixels behind the file', make: () => tiff({ tags: { [TAG.strips]: 0x7ffffff0 } }), outcomes: BROKEN },
  { title: 'fewer pixels than it says', make: () => tiff({ data: pixels().subarray(0, 9000) }), outcomes: BROKEN },
  {
    title: 'twice the height that is there',
    make: () => tiff({ tags: { [TAG.height]: 144, [TAG.rows]: 144 } }),
    outcomes: BROKEN,
  },
  {
    title: 'sides of 2147483647',
    make: () => tiff({ tags: { [TAG.width]: 0x7fffffff, [TAG.height]: 0x7fffffff } }),
    outcomes: [BROKEN, 'source.too-many-pixels'],
  },
  {
    title: 'sides of 30000 that are not there',
    make: () => tiff({ tags: { [TAG.width]: 30_000, [TAG.height]: 30_000, [TAG.rows]: 30_000 } }),
    outcomes: ['source.too-many-pixels', BROKEN],
  },
  { title: 'no width', make: () => tiff({ tags: { [TAG.width]: 0 } }), outcomes: BROKEN },
  { title: 'no tag of its height', make: () => tiff({ tags: { [TAG.height]: null } }), outcomes: BROKEN },
  { title: '65535 samples a pixel', make: () => tiff({ tags: { [TAG.samples]: 65_535 } }), outcomes: BROKEN },
  { title: '7 bits a sample', make: () => tiff({ tags: { [TAG.bits]: 7 } }), outcomes: BROKEN },
  { title: 'an unknown way of packing', make: () => tiff({ tags: { [TAG.packing]: 60_000 } }), outcomes: BROKEN },
  { title: 'its head alone', make: () => latin('II*\0'), outcomes: BROKEN },
];

export const tiffs = (): HostileFile[] => group('TIFF', TIFF, files);
