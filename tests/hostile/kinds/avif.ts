import { latin, patched, u32be } from '../bytes';
import { group, type HostileFile, type Odd } from '../file';
import { photo } from '../photo';

const BROKEN = 'source.truncated';
const AVIF = { ext: '.avif', mime: 'image/avif' };
const FAST = { effort: 0 };

export const plain = (): Promise<Buffer> => photo().avif(FAST).toBuffer();

/** What follows the four letters of a box. */
async function inBox(name: string, bytes: Buffer): Promise<Buffer> {
  const whole = await plain();
  const at = whole.indexOf(name, 0, 'latin1');
  if (at < 0) throw new Error(`The AVIF has no box ${name}.`);
  return patched(whole, at + 4, bytes);
}

const sides = (width: number, height: number) =>
  inBox('ispe', Buffer.concat([Buffer.alloc(4), u32be(width), u32be(height)]));

/** The major brand and the ones it is compatible with. */
async function branded(brand: string): Promise<Buffer> {
  const bytes = await plain();
  const end = bytes.readUInt32BE(0);
  const copy = Buffer.from(bytes);
  for (let at = 8; at < end; at += 4) if (at !== 12) copy.write(brand, at, 'latin1');
  return copy;
}

const files: Odd[] = [
  { title: 'plain', make: plain },
  {
    title: 'lossless',
    make: () =>
      photo()
        .avif({ ...FAST, lossless: true })
        .toBuffer(),
  },
  {
    title: 'half clear',
    make: () => photo({ clear: 0 }).avif(FAST).toBuffer(),
    outcomes: 'source.already-transparent',
  },
  { title: 'EXIF orientation 8', make: () => photo().withMetadata({ orientation: 8 }).avif(FAST).toBuffer() },
  {
    title: 'called a sequence',
    make: async () => patched(await plain(), 8, latin('avis')),
    outcomes: ['done', BROKEN, 'source.animated'],
  },
  {
    title: 'sides of 30000 that are not there',
    make: () => sides(30_000, 30_000),
    outcomes: [BROKEN, 'source.too-many-pixels'],
  },
  {
    title: 'sides of 4294967295',
    make: () => sides(0xffffffff, 0xffffffff),
    outcomes: [BROKEN, 'source.too-many-pixels'],
  },
  { title: 'no sides', make: () => sides(0, 0), outcomes: BROKEN },
  { title: 'sides larger than its pixels', make: () => sides(200, 200), outcomes: [BROKEN, 'done'] },
  { title: 'a first box of 4 GB', make: async () => patched(await plain(), 0, u32be(0xfffffff0)), outcomes: BROKEN },
  {
    title: 'a first box of no length',
    make: async () => patched(await plain(), 0, u32be(0)),
    outcomes: ['source.not-an-image', BROKEN],
  },
  { title: 'pixels of zeros', make: () => inBox('mdat', Buffer.alloc(60)), outcomes: BROKEN },
  {
    title: 'no pixels',
    make: async () => {
      const b = await plain();
      return b.subarray(0, b.indexOf('mdat', 0, 'latin1') - 4);
    },
    outcomes: BROKEN,
  },
  {
    title: 'its first box alone',
    make: async () => {
      const b = await plain();
      return b.subarray(0, b.readUInt32BE(0));
    },
    outcomes: BROKEN,
  },
  {
    title: 'called HEIC',
    make: () => branded('heic'),
    name: 'phone.heic',
    mime: 'image/heic',
    outcomes: 'source.unsupported',
  },
  {
    title: 'called HEIC, named .jpg',
    make: () => branded('heic'),
    name: 'phone.jpg',
    mime: 'image/jpeg',
    outcomes: 'source.unsupported',
  },
  { title: 'called a picture of some kind', make: () => branded('mif1'), outcomes: 'source.unsupported' },
  { title: 'called a film', make: () => branded('mp42'), outcomes: 'source.not-an-image' },
];

export const avifs = (): HostileFile[] => group('AVIF and HEIC', AVIF, files);
