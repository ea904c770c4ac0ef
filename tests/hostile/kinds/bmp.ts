import { bmpFile, type BmpSpec, packedRows } from '../../unit/imaging/bmp';
import { latin, noise, patched, u32le, zip } from '../bytes';
import { group, type HostileFile, type Odd } from '../file';
import { pixels } from '../photo';

const BROKEN = 'source.truncated';
const BMP = { ext: '.bmp', mime: 'image/bmp' };
const [WIDTH, HEIGHT] = [95, 71];
const rgb = pixels({ width: WIDTH, height: HEIGHT });
const at = (x: number, y: number) => [0, 1, 2].map((i) => rgb[(y * WIDTH + x) * 3 + i]!) as [number, number, number];
const grey = (x: number, y: number) => at(x, y)[1];

type Change = Partial<BmpSpec>;

function indexed(bits: number, change: Change = {}): Buffer {
  const entries = 2 ** bits;
  const palette = Array.from({ length: entries }, (_, i) =>
    Array.from({ length: 3 }, () => Math.round((i * 255) / (entries - 1))),
  );
  const rows = packedRows(WIDTH, HEIGHT, bits, (x, y) => grey(x, y) >> (8 - bits));
  return bmpFile({ width: WIDTH, height: HEIGHT, bits, palette, rows, ...change });
}

const pixel24 = (x: number, y: number) => {
  const [r, g, b] = at(x, y);
  return r * 65_536 + g * 256 + b;
};
export const bmp24 = (change: Change = {}): Buffer =>
  bmpFile({ width: WIDTH, height: HEIGHT, bits: 24, rows: packedRows(WIDTH, HEIGHT, 24, pixel24), ...change });

const bmp32 = (alpha: number, change: Change = {}) =>
  bmpFile({
    width: WIDTH,
    height: HEIGHT,
    bits: 32,
    rows: packedRows(WIDTH, HEIGHT, 32, (x, y) => pixel24(x, y) + alpha * 2 ** 24),
    ...change,
  });

const bmp16 = (change: Change = {}) =>
  bmpFile({
    width: WIDTH,
    height: HEIGHT,
    bits: 16,
    rows: packedRows(WIDTH, HEIGHT, 16, (x, y) => {
      const [r, g, b] = at(x, y);
      return ((r >> 3) << 10) | ((g >> 3) << 5) | (b >> 3);
    }),
    ...change,
  });

/** Each row written out pixel by pixel, then the mark of its end. */
function packedRow(y: number): Buffer {
  return Buffer.from([...Array.from({ length: WIDTH }, (_, x) => [1, grey(x, y)]).flat(), 0, 0]);
}

export const runs = (end: number[] = [0, 1]): Buffer =>
  indexed(8, {
    compression: 1,
    rows: Buffer.concat([...Array.from({ length: HEIGHT }, (_, row) => packedRow(HEIGHT - 1 - row)), Buffer.from(end)]),
  });

const ALPHA_MASKS = [0xff0000, 0xff00, 0xff, 0xff000000];
const height = (value: number) => patched(bmp24(), 22, u32le(value));

const files: Odd[] = [
  ...[1, 4, 8].map((bits) => ({ title: `${bits} bit${bits === 1 ? '' : 's'}`, make: () => indexed(bits) })),
  { title: '16 bits', make: () => bmp16() },
  { title: '16 bits by masks', make: () => bmp16({ compression: 3, masks: [0x7c00, 0x3e0, 0x1f] }) },
  { title: '24 bits', make: () => bmp24() },
  { title: '24 bits, from the top down', make: () => bmp24({ topDown: true }) },
  { title: '24 bits, the OS/2 header', make: () => bmp24({ headerBytes: 12 }) },
  { title: '24 bits, the header of version 5', make: () => bmp24({ headerBytes: 124 }) },
  { title: '32 bits', make: () => bmp32(0) },
  {
    title: '32 bits, opaque by a mask',
    make: () => bmp32(255, { headerBytes: 56, compression: 3, masks: ALPHA_MASKS }),
  },
  {
    title: '32 bits, half clear by a mask',
    make: () => bmp32(0x40, { headerBytes: 56, compression: 3, masks: ALPHA_MASKS }),
  },
  { title: 'run lengths of 8 bits', make: () => runs() },
  { title: 'run lengths without an end', make: () => runs([]) },
  { title: 'pixels 1000 bytes behind the header', make: () => bmp24({ gap: 1000 }) },
  { title: 'an offset of 0', make: () => bmp24({ offset: 0 }) },
  { title: 'noise behind its pixels', make: () => Buffer.concat([bmp24(), noise(5000, 1)]) },
  { title: 'a ZIP behind its pixels', make: () => Buffer.concat([bmp24(), zip('a.txt', latin('hello'))]) },
  { title: 'an offset within the header', make: () => bmp24({ offset: 20 }), outcomes: BROKEN },
  { title: 'an offset behind the file', make: () => bmp24({ offset: 0x7fffffff }), outcomes: BROKEN },
  { title: 'fewer pixels than it says', make: () => height(5000), outcomes: BROKEN },
  { title: 'no height', make: () => height(0), outcomes: BROKEN },
  { title: 'a height of −2147483648', make: () => height(0x80000000), outcomes: BROKEN },
  { title: 'a negative width', make: () => patched(bmp24(), 18, u32le(-95)), outcomes: BROKEN },
  {
    title: 'sides of 2147483647',
    make: () => patched(bmp24(), 18, Buffer.concat([u32le(0x7fffffff), u32le(0x7fffffff)])),
    outcomes: BROKEN,
  },
  { title: 'run lengths that end early', make: () => runs([]).subarray(0, 9000), outcomes: BROKEN },
  {
    title: 'run lengths of 16000 a side and nothing in them',
    make: () =>
      bmpFile({
        width: 16_000,
        height: 16_000,
        bits: 8,
        compression: 1,
        palette: [[0, 0, 0]],
        rows: Buffer.from([0, 1]),
      }),
    outcomes: 'source.too-many-pixels',
  },
  { title: 'run lengths from the top down', make: () => patched(runs(), 22, u32le(-HEIGHT)), outcomes: BROKEN },
  { title: 'a palette of 4294967295 colours', make: () => patched(indexed(8), 46, u32le(0xffffffff)) },
  { title: '3 bits', make: () => patched(bmp24(), 28, [3, 0]), outcomes: 'source.unsupported' },
  { title: 'a JPEG in it', make: () => bmp24({ compression: 4 }), outcomes: 'source.unsupported' },
  { title: 'a PNG in it', make: () => bmp24({ compression: 5 }), outcomes: 'source.unsupported' },
  { title: 'CMYK run lengths', make: () => bmp24({ compression: 12 }), outcomes: 'source.unsupported' },
  { title: 'its header alone', make: () => bmp24().subarray(0, 54), outcomes: BROKEN },
  {
    title: 'a text that begins like one',
    make: () => latin('BMW and other cars are listed in the table below.'),
    outcomes: 'source.not-an-image',
  },
];

export const bmps = (): HostileFile[] => group('BMP', BMP, files);
