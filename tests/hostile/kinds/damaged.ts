import { flipped } from '../bytes';
import { group, type HostileFile, type Outcome } from '../file';
import { plain as avif } from './avif';
import { bmp24, runs } from './bmp';
import { still } from './gif';
import { baseline, progressive } from './jpeg';
import { pngOf } from './png-file';
import { strips, tiles } from './tiff';
import { lossless, lossy } from './webp';

interface Sample {
  kind: string;
  ext: string;
  mime: string;
  make: () => Promise<Buffer> | Buffer;
  /** So many bytes a flip leaves alone: the signature, by which the kind is known. */
  signature: number;
  /** What becomes of it without its last byte, where that costs no pixel. */
  withoutLast?: Outcome;
}

const SAMPLES: Sample[] = [
  { kind: 'JPEG', ext: '.jpg', mime: 'image/jpeg', make: baseline, signature: 3, withoutLast: 'done' },
  { kind: 'progressive JPEG', ext: '.jpg', mime: 'image/jpeg', make: progressive, signature: 3, withoutLast: 'done' },
  {
    kind: 'PNG',
    ext: '.png',
    mime: 'image/png',
    make: () => pngOf({ type: 2, depth: 8 }),
    signature: 8,
    withoutLast: 'done',
  },
  {
    kind: 'interlaced PNG',
    ext: '.png',
    mime: 'image/png',
    make: () => pngOf({ type: 6, depth: 8, interlaced: true }),
    signature: 8,
    withoutLast: 'done',
  },
  { kind: 'lossy WebP', ext: '.webp', mime: 'image/webp', make: lossy, signature: 12 },
  { kind: 'lossless WebP', ext: '.webp', mime: 'image/webp', make: lossless, signature: 12 },
  { kind: 'GIF', ext: '.gif', mime: 'image/gif', make: still, signature: 6, withoutLast: 'done' },
  { kind: 'BMP', ext: '.bmp', mime: 'image/bmp', make: () => bmp24(), signature: 18, withoutLast: 'done' },
  {
    kind: 'BMP in run lengths',
    ext: '.bmp',
    mime: 'image/bmp',
    make: () => runs(),
    signature: 18,
    withoutLast: 'done',
  },
  { kind: 'TIFF in strips', ext: '.tif', mime: 'image/tiff', make: strips, signature: 4, withoutLast: 'done' },
  { kind: 'TIFF in tiles', ext: '.tif', mime: 'image/tiff', make: tiles, signature: 4 },
  { kind: 'AVIF', ext: '.avif', mime: 'image/avif', make: avif, signature: 32 },
];

const SHARES = [0.03, 0.15, 0.4, 0.7, 0.95];
const CUT: Outcome = 'source.truncated';

export const cutShort = (): HostileFile[] =>
  SAMPLES.flatMap(({ kind, ext, mime, make, withoutLast = CUT }) =>
    group(`${kind}, cut short`, { ext, mime }, [
      ...SHARES.map((share) => ({
        title: `after ${Math.round(share * 100)} %`,
        make: async () => {
          const bytes = await make();
          return bytes.subarray(0, Math.max(32, Math.floor(bytes.length * share)));
        },
        outcomes: CUT,
      })),
      {
        title: 'without its last byte',
        make: async () => (await make()).subarray(0, -1),
        outcomes: [withoutLast, CUT],
      },
    ]),
  );

const FLIPS = [1, 3, 20, 200];
/** A bit may be one that a decoder does not need, or one that changes a colour. Nothing else may come of it. */
const MAY_BE: readonly Outcome[] = [
  'done',
  CUT,
  'source.unsupported',
  'source.too-many-pixels',
  'source.already-transparent',
  'source.animated',
  'options.invalid',
];

export const withFlippedBits = (): HostileFile[] =>
  SAMPLES.flatMap(({ kind, ext, mime, make, signature }) =>
    group(`${kind}, flipped bits`, { ext, mime }, [
      ...FLIPS.map((count) => ({
        title: count === 1 ? '1 bit' : `${count} bits`,
        make: async () => flipped(await make(), count, count, signature),
        outcomes: MAY_BE,
      })),
    ]),
  );
