import { latin, noise, patched } from '../bytes';
import { group, type HostileFile, type Odd } from '../file';
import { film, photo } from '../photo';

const BROKEN = 'source.truncated';
const GIF = { ext: '.gif', mime: 'image/gif' };

export const still = (): Promise<Buffer> => photo().gif().toBuffer();

const END = Buffer.from([0x3b]);

/** A screen with the colours black and white. */
function screen(width: number, height: number, { version = '89a', colours = true } = {}): Buffer {
  const head = Buffer.alloc(13);
  head.write(`GIF${version}`, 'latin1');
  head.writeUInt16LE(width, 6);
  head.writeUInt16LE(height, 8);
  head[10] = colours ? 0x80 : 0;
  return colours ? Buffer.concat([head, Buffer.from([0, 0, 0, 255, 255, 255])]) : head;
}

interface Frame {
  left?: number;
  top?: number;
  width?: number;
  height?: number;
  flags?: number;
  /** The codes, in one block; those of eight pixels by default. */
  codes?: number[];
  leastBits?: number;
}

/** Codes of three bits, a clear before each pixel, so that none grows; for 8 × 1 pixels. */
const EIGHT = codesOf(4, 0, 4, 1, 4, 0, 4, 1, 4, 0, 4, 1, 4, 0, 4, 1, 5);

function codesOf(...codes: number[]): number[] {
  const bits = codes.map((code) => [code & 1, (code >> 1) & 1, (code >> 2) & 1]).flat();
  return Array.from({ length: Math.ceil(bits.length / 8) }, (_, i) =>
    bits.slice(i * 8, i * 8 + 8).reduce((byte, bit, at) => byte | (bit << at), 0),
  );
}

function frame({
  left = 0,
  top = 0,
  width = 8,
  height = 1,
  flags = 0,
  codes = EIGHT,
  leastBits = 2,
}: Frame = {}): Buffer {
  const head = Buffer.alloc(10);
  head[0] = 0x2c;
  [left, top, width, height].forEach((value, i) => head.writeUInt16LE(value, 1 + i * 2));
  head[9] = flags;
  return Buffer.concat([head, Buffer.from([leastBits, codes.length, ...codes, 0])]);
}

const control = (flags: number) => Buffer.from([0x21, 0xf9, 4, flags, 0, 0, 0, 0]);
const comment = (text: Buffer) => Buffer.concat([Buffer.from([0x21, 0xfe, text.length]), text, Buffer.from([0])]);
const gif = (...parts: Buffer[]) => Buffer.concat([...parts, END]);

const files: Odd[] = [
  { title: 'still', make: still },
  { title: 'two colours', make: () => gif(screen(8, 1), frame()) },
  { title: 'of 1987', make: () => gif(screen(8, 1, { version: '87a' }), frame()) },
  {
    title: 'a clear colour',
    make: () => gif(screen(8, 1), control(1), frame()),
    outcomes: 'source.already-transparent',
  },
  { title: 'interlaced', make: () => gif(screen(8, 1), frame({ flags: 0x40 })) },
  { title: 'animated', make: () => film(3).gif().toBuffer(), outcomes: 'source.animated' },
  {
    title: 'two frames by hand',
    make: () => gif(screen(8, 1), control(0), frame(), control(0), frame()),
    outcomes: 'source.animated',
  },
  { title: 'no frames', make: () => gif(screen(8, 1)), outcomes: BROKEN },
  { title: 'no frames and no end', make: () => screen(8, 1), outcomes: BROKEN },
  { title: 'a frame larger than the screen', make: () => gif(screen(4, 1), frame()), outcomes: ['done', BROKEN] },
  {
    title: 'a frame outside the screen',
    make: () => gif(screen(8, 1), frame({ left: 60_000, top: 60_000 })),
    outcomes: ['done', BROKEN, 'source.already-transparent', 'source.too-many-pixels'],
  },
  {
    title: 'a frame of no size',
    make: () => gif(screen(8, 1), frame({ width: 0, height: 0 })),
    outcomes: ['done', BROKEN],
  },
  { title: 'a screen of no size', make: () => gif(screen(0, 0), frame()), outcomes: ['done', BROKEN] },
  {
    title: 'a screen of 65535 a side',
    make: () => gif(screen(65_535, 65_535), frame()),
    outcomes: ['done', 'source.too-many-pixels'],
  },
  { title: 'no colours', make: () => gif(screen(8, 1, { colours: false }), frame()), outcomes: ['done', BROKEN] },
  { title: 'codes that begin with 12 bits', make: () => gif(screen(8, 1), frame({ leastBits: 12 })), outcomes: BROKEN },
  {
    title: 'codes that mean nothing',
    make: () => gif(screen(8, 1), frame({ codes: [0xff, 0xff, 0xff] })),
    outcomes: BROKEN,
  },
  {
    title: 'codes that end early',
    make: () => gif(screen(8, 1), frame({ codes: EIGHT.slice(0, 2) })),
    outcomes: BROKEN,
  },
  {
    title: 'noise behind its end',
    make: async () => Buffer.concat([await still(), noise(3000, 9)]),
    outcomes: ['done', BROKEN],
  },
  { title: 'a script in its comment', make: () => gif(screen(8, 1), comment(latin('*/alert(1)//')), frame()) },
  { title: 'an unknown block', make: () => gif(screen(8, 1), Buffer.from([0x99, 1, 0, 0]), frame()), outcomes: BROKEN },
  {
    title: 'a version that there is not',
    make: async () => patched(await still(), 3, latin('99z')),
    outcomes: 'source.not-an-image',
  },
  { title: 'its signature alone', make: () => latin('GIF89a'), outcomes: BROKEN },
];

export const gifs = (): HostileFile[] => group('GIF', GIF, files);
