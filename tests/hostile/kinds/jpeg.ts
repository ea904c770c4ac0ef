import { deflateSync } from 'node:zlib';
import { inserted, latin, noise, patched, u16be, zip } from '../bytes';
import { group, type HostileFile, type Odd } from '../file';
import { photo } from '../photo';

const BROKEN = 'source.truncated';
const JPEG = { ext: '.jpg', mime: 'image/jpeg' };
const AFTER_START = 2;

export const baseline = (): Promise<Buffer> => photo().jpeg({ quality: 85 }).toBuffer();
export const progressive = (): Promise<Buffer> => photo().jpeg({ quality: 85, progressive: true }).toBuffer();

const segment = (marker: number, content: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0xff, marker]), u16be(content.length + 2), content]);
const app1 = (content: Buffer) => segment(0xe1, content);
const comment = (content: Buffer) => segment(0xfe, content);

/** Where a marker begins. */
function find(bytes: Buffer, ...markers: number[]): number {
  const at = markers.map((marker) => bytes.indexOf(Buffer.from([0xff, marker]))).filter((found) => found > 0);
  if (at.length === 0) throw new Error(`The JPEG has none of the markers ${markers.join(', ')}.`);
  return Math.min(...at);
}

function without(bytes: Buffer, marker: number): Buffer {
  let rest = bytes;
  for (;;) {
    const at = rest.indexOf(Buffer.from([0xff, marker]));
    if (at < 0) return rest;
    rest = Buffer.concat([rest.subarray(0, at), rest.subarray(at + 2 + rest.readUInt16BE(at + 2))]);
  }
}

/** Little-endian EXIF with one directory of `entries`, and where the next one is said to be. */
function exif(entries: Buffer[], next = 0): Buffer {
  const head = Buffer.from([0x49, 0x49, 42, 0, 8, 0, 0, 0, entries.length, 0]);
  const end = Buffer.alloc(4);
  end.writeUInt32LE(next);
  return Buffer.concat([latin('Exif\0\0'), head, ...entries, end]);
}

function entry(tag: number, type: number, count: number, value: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt16LE(tag, 0);
  bytes.writeUInt16LE(type, 2);
  bytes.writeUInt32LE(count, 4);
  bytes.writeUInt32LE(value, 8);
  return bytes;
}

const oriented = (value: number) => exif([entry(0x0112, 3, 1, value)]);
const withApp1 = async (content: Buffer) => inserted(await baseline(), AFTER_START, app1(content));

/** A profile in as many segments as it takes. */
async function withProfile(profile: Buffer): Promise<Buffer> {
  const size = 65_000;
  const parts = Math.ceil(profile.length / size);
  const segments = Array.from({ length: parts }, (_, i) => {
    const part = profile.subarray(i * size, (i + 1) * size);
    return segment(0xe2, Buffer.concat([latin('ICC_PROFILE\0'), Buffer.from([i + 1, parts]), part]));
  });
  return inserted(await baseline(), AFTER_START, Buffer.concat(segments));
}

const ofFrame = async (change: (bytes: Buffer, sof: number) => Buffer) => {
  const bytes = await baseline();
  return change(bytes, find(bytes, 0xc0, 0xc1));
};

/** A progressive JPEG whose last scan comes again and again: a tiny file that is gone through each time. */
async function manyScans(times: number): Promise<Buffer> {
  const bytes = await progressive();
  const last = bytes.lastIndexOf(Buffer.from([0xff, 0xda]));
  const scan = bytes.subarray(last, bytes.length - 2);
  return Buffer.concat([bytes.subarray(0, -2), ...Array.from({ length: times }, () => scan), bytes.subarray(-2)]);
}

const plain: Odd[] = [
  { title: 'baseline', make: baseline },
  { title: 'progressive', make: progressive },
  { title: 'grey', make: () => photo().toColourspace('b-w').jpeg().toBuffer() },
  { title: 'CMYK', make: () => photo().toColourspace('cmyk').jpeg().toBuffer() },
  { title: 'full colour resolution', make: () => photo().jpeg({ chromaSubsampling: '4:4:4' }).toBuffer() },
  { title: 'quality 1', make: () => photo().jpeg({ quality: 1 }).toBuffer() },
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((value) => ({
    title: `EXIF orientation ${value}`,
    make: () => withApp1(oriented(value)),
  })),
  { title: 'a thumbnail in its EXIF', make: async () => withApp1(Buffer.concat([oriented(1), await baseline()])) },
  { title: 'an embedded sRGB profile', make: () => photo().withIccProfile('srgb').jpeg().toBuffer() },
  { title: 'XMP', make: () => withApp1(latin('http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x="adobe:ns:meta/"/>')) },
];

const forgiven: Odd[] = [
  { title: 'EXIF orientation 0', make: () => withApp1(oriented(0)) },
  { title: 'EXIF orientation 9', make: () => withApp1(oriented(9)) },
  { title: 'EXIF orientation 65535', make: () => withApp1(oriented(65_535)) },
  { title: 'EXIF that ends in its header', make: () => withApp1(latin('Exif\0\0II*')) },
  { title: 'EXIF whose directory is its own next', make: () => withApp1(exif([entry(0x0112, 3, 1, 1)], 8)) },
  { title: 'EXIF whose values lie outside', make: () => withApp1(exif([entry(0x010f, 2, 0xfffffff0, 0xfffffff0)])) },
  { title: 'EXIF of noise', make: () => withApp1(Buffer.concat([latin('Exif\0\0'), noise(4000, 11)])) },
  { title: 'a profile of 2 MB of noise', make: () => withProfile(noise(2_000_000, 12)) },
  { title: 'a profile of 4 bytes', make: () => withProfile(latin('acsp')) },
  { title: 'a comment of 64 KB, thirty times', make: async () => inserted(await baseline(), 2, thirtyComments()) },
  { title: 'a stray byte before its end', make: async () => inserted(await baseline(), -2, Buffer.from([0x55])) },
  { title: 'fill bytes before a marker', make: async () => inserted(await baseline(), 2, Buffer.alloc(64, 0xff)) },
  { title: 'noise behind its end', make: async () => Buffer.concat([await baseline(), noise(5000, 13)]) },
  { title: 'a second JPEG behind it', make: async () => Buffer.concat([await baseline(), await progressive()]) },
  { title: 'a film behind it, as phones write it', make: async () => Buffer.concat([await baseline(), mp4()]) },
];

const thirtyComments = () => Buffer.concat(Array.from({ length: 30 }, () => comment(Buffer.alloc(65_000, 0x20))));
const mp4 = () => Buffer.concat([latin('\0\0\0\x18ftypmp42\0\0\0\0mp42isom'), latin('\0\0\0\x10mdat'), noise(8, 1)]);

const broken: Odd[] = [
  { title: 'its last scan 40 times', make: () => manyScans(40), outcomes: BROKEN },
  { title: 'its last scan 400 times', make: () => manyScans(400), outcomes: BROKEN },
  { title: '12 bits a sample', make: () => ofFrame((b, at) => patched(b, at + 4, [12])), outcomes: BROKEN },
  { title: 'no sides', make: () => ofFrame((b, at) => patched(b, at + 5, [0, 0, 0, 0])), outcomes: BROKEN },
  { title: 'no height', make: () => ofFrame((b, at) => patched(b, at + 5, [0, 0])), outcomes: BROKEN },
  {
    title: 'sides of 65500 that are not there',
    make: () => ofFrame((b, at) => patched(b, at + 5, [0xff, 0xdc, 0xff, 0xdc])),
    outcomes: 'source.too-many-pixels',
  },
  {
    title: 'twice the height that is there',
    make: () => ofFrame((b, at) => patched(b, at + 5, [0, 144])),
    outcomes: BROKEN,
  },
  { title: 'called lossless', make: () => ofFrame((b, at) => patched(b, at + 1, [0xc3])), outcomes: BROKEN },
  { title: 'called hierarchical', make: () => ofFrame((b, at) => patched(b, at + 1, [0xc5])), outcomes: BROKEN },
  {
    title: 'called arithmetic',
    make: () => ofFrame((b, at) => patched(b, at + 1, [0xc9])),
    outcomes: ['done', BROKEN],
  },
  { title: '255 components', make: () => ofFrame((b, at) => patched(b, at + 9, [255])), outcomes: BROKEN },
  { title: 'no Huffman tables', make: async () => without(await baseline(), 0xc4), outcomes: BROKEN },
  { title: 'no quantisation tables', make: async () => without(await baseline(), 0xdb), outcomes: BROKEN },
  { title: 'no frame', make: async () => without(await baseline(), 0xc0), outcomes: BROKEN },
  { title: 'two frames', make: () => ofFrame((b, at) => inserted(b, at, b.subarray(at, at + 19))), outcomes: BROKEN },
  {
    title: 'a segment of no length',
    make: async () => inserted(await baseline(), 2, Buffer.from([0xff, 0xe5, 0, 0])),
    outcomes: ['done', BROKEN],
  },
  {
    title: 'a segment that is longer than the file',
    make: async () => inserted(await baseline(), 2, Buffer.from([0xff, 0xe5, 0xff, 0xff])),
    outcomes: BROKEN,
  },
  {
    title: 'no pixels between its scan and its end',
    make: async () => {
      const bytes = await baseline();
      const at = find(bytes, 0xda);
      return Buffer.concat([bytes.subarray(0, at + 14), Buffer.from([0xff, 0xd9])]);
    },
    outcomes: BROKEN,
  },
  { title: 'its start and its end alone', make: () => Buffer.from([0xff, 0xd8, 0xff, 0xd9]), outcomes: BROKEN },
  { title: 'a packed profile that unfolds to 64 MB', make: () => withProfile(deflateSync(Buffer.alloc(64e6))) },
];

const mixed: Odd[] = [
  { title: 'a ZIP behind it', make: async () => Buffer.concat([await baseline(), zip('a.txt', latin('hello'))]) },
  { title: 'HTML in a comment', make: async () => inserted(await baseline(), 2, comment(latin(HTML))) },
  { title: 'HTML behind it', make: async () => Buffer.concat([await baseline(), latin(HTML)]) },
  { title: 'PHP in a comment', make: async () => inserted(await baseline(), 2, comment(latin('<?php exit; ?>'))) },
  {
    title: 'a PDF before it',
    make: async () => Buffer.concat([latin('%PDF-1.4\n'), await baseline()]),
    outcomes: 'source.unsupported',
  },
  {
    title: 'a line break before it',
    make: async () => Buffer.concat([latin('\n'), await baseline()]),
    outcomes: 'source.not-an-image',
  },
];

export const HTML = '<!doctype html><html><body><script>alert(document.domain)</script></body></html>';

export const jpegs = (): HostileFile[] => [
  ...group('JPEG', JPEG, [...plain, ...forgiven, ...broken]),
  ...group('JPEG and something else', JPEG, mixed),
];
