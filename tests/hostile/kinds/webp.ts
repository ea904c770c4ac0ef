import { latin, noise, patched, u32le } from '../bytes';
import { group, type HostileFile, type Odd } from '../file';
import { film, photo } from '../photo';
import { HTML } from './jpeg';

const BROKEN = 'source.truncated';
const WEBP = { ext: '.webp', mime: 'image/webp' };

export const lossy = (): Promise<Buffer> => photo().webp({ quality: 80 }).toBuffer();
export const lossless = (): Promise<Buffer> => photo().webp({ lossless: true }).toBuffer();

const riff = (name: string, data: Buffer): Buffer =>
  Buffer.concat([latin(name), u32le(data.length), data, Buffer.alloc(data.length % 2)]);

const webp = (...chunks: Buffer[]): Buffer => riff('RIFF', Buffer.concat([latin('WEBP'), ...chunks]));

const EXIF = 8;
const ANIMATION = 2;
const PROFILE = 32;

const u24 = (value: number) => u32le(value).subarray(0, 3);

/** The extended header of a canvas. */
const extended = (flags: number, width = 96, height = 72): Buffer =>
  riff('VP8X', Buffer.concat([Buffer.from([flags, 0, 0, 0]), u24(width - 1), u24(height - 1)]));

/** The chunks of a plain picture, without the file's own head. */
const picture = async (): Promise<Buffer> => (await lossy()).subarray(12);

const files: Odd[] = [
  { title: 'lossy', make: lossy },
  { title: 'lossless', make: lossless },
  { title: 'nearly lossless', make: () => photo().webp({ nearLossless: true }).toBuffer() },
  { title: 'alpha that hides nothing', make: () => photo({ clear: 255 }).webp().toBuffer() },
  {
    title: 'alpha, half clear',
    make: () => photo({ clear: 0 }).webp().toBuffer(),
    outcomes: 'source.already-transparent',
  },
  { title: 'EXIF orientation 6', make: () => photo().withMetadata({ orientation: 6 }).webp().toBuffer() },
  { title: 'animated', make: () => film(3).webp().toBuffer(), outcomes: 'source.animated' },
  {
    title: 'an animation of no frames',
    make: () => webp(extended(ANIMATION), riff('ANIM', Buffer.alloc(6))),
    outcomes: BROKEN,
  },
  {
    title: 'called animated, with a still picture',
    make: async () => webp(extended(ANIMATION), await picture()),
    outcomes: [BROKEN, 'done', 'source.animated'],
  },
  {
    title: 'a canvas larger than the picture',
    make: async () => webp(extended(0, 500, 500), await picture()),
    outcomes: BROKEN,
  },
  {
    title: 'a canvas of 16777216 a side',
    make: async () => webp(extended(0, 1 << 24, 1 << 24), await picture()),
    outcomes: [BROKEN, 'source.too-many-pixels'],
  },
  { title: 'an unknown chunk', make: async () => webp(extended(0), riff('HOST', noise(99, 1)), await picture()) },
  {
    title: 'a profile of 2 MB of noise',
    make: async () => webp(extended(PROFILE), riff('ICCP', noise(2e6, 2)), await picture()),
  },
  { title: 'EXIF of noise', make: async () => webp(extended(EXIF), await picture(), riff('EXIF', noise(2000, 3))) },
  {
    title: 'a length longer than the file',
    make: async () => patched(await lossy(), 4, u32le(0x7ffffff0)),
    outcomes: BROKEN,
  },
  { title: 'a length of 0', make: async () => patched(await lossy(), 4, u32le(0)), outcomes: BROKEN },
  {
    title: 'pixels of another kind than it says',
    make: async () => patched(await lossy(), 12, latin('VP8L')),
    outcomes: BROKEN,
  },
  { title: 'no picture', make: () => webp(extended(0)), outcomes: BROKEN },
  { title: 'its head alone', make: () => latin('RIFF\x04\0\0\0WEBP'), outcomes: BROKEN },
  { title: 'HTML behind it', make: async () => Buffer.concat([await lossy(), latin(HTML)]) },
  {
    title: 'RIFF that is a sound',
    make: () => riff('RIFF', latin('WAVEfmt ')),
    name: 'sound.webp',
    outcomes: 'source.not-an-image',
  },
];

export const webps = (): HostileFile[] => group('WebP', WEBP, files);
