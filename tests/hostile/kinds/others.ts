import { gzipSync } from 'node:zlib';
import { latin, noise, u32be, zip } from '../bytes';
import { group, type HostileFile, type Odd, type Outcome } from '../file';
import { baseline, HTML } from './jpeg';

const box = (name: string, data: Buffer) => Buffer.concat([u32be(data.length + 8), latin(name), data]);
const film = () => Buffer.concat([box('ftyp', latin('isom\0\0\x02\0isomiso2avc1mp41')), box('mdat', noise(500, 31))]);
const icon = (type: number) =>
  Buffer.concat([Buffer.from([0, 0, type, 0, 1, 0, 16, 16, 0, 0, 1, 0, 32, 0]), noise(500, 32)]);

/** Pictures of kinds that are not read. */
const unread: Odd[] = [
  { title: 'JPEG XL', make: () => Buffer.concat([latin('\xff\x0a'), noise(300, 1)]), name: 'a.jxl', mime: 'image/jxl' },
  {
    title: 'JPEG XL in boxes',
    make: () => Buffer.concat([latin('\0\0\0\x0cJXL \r\n\x87\n'), noise(300, 2)]),
    name: 'b.jxl',
    mime: 'image/jxl',
  },
  {
    title: 'JPEG 2000',
    make: () => Buffer.concat([latin('\0\0\0\x0cjP  \r\n\x87\n'), noise(300, 3)]),
    name: 'a.jp2',
    mime: 'image/jp2',
  },
  {
    title: 'JPEG 2000 without boxes',
    make: () => Buffer.concat([latin('\xff\x4f\xff\x51'), noise(300, 4)]),
    name: 'a.j2k',
    mime: 'image/j2c',
  },
  { title: 'an icon', make: () => icon(1), name: 'favicon.ico', mime: 'image/x-icon' },
  {
    title: 'Photoshop',
    make: () => Buffer.concat([latin('8BPS\0\x01'), noise(300, 5)]),
    name: 'a.psd',
    mime: 'image/vnd.adobe.photoshop',
  },
  {
    title: 'HEIC',
    make: () => Buffer.concat([box('ftyp', latin('heic\0\0\0\0mif1heic')), noise(300, 6)]),
    name: 'a.heic',
    mime: 'image/heic',
  },
  { title: 'a PDF named .jpg', make: () => latin('%PDF-1.7\n%%EOF'), name: 'document.jpg', mime: 'image/jpeg' },
];

const documents: Odd[] = [
  {
    title: 'PDF',
    make: () => latin('%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF'),
    name: 'a.pdf',
    mime: 'application/pdf',
    // In place of a picture it keeps that one's ending, so that its bytes are looked at.
    outcomes: ['source.not-an-image', 'source.unsupported'],
    cli: 'source.unsupported',
  },
  { title: 'ZIP', make: () => zip('a.txt', latin('hello')), name: 'a.zip', mime: 'application/zip' },
  { title: 'a ZIP named .jpg', make: () => zip('a.txt', latin('hello')), name: 'zip.jpg', mime: 'image/jpeg' },
  { title: 'gzip', make: () => gzipSync(latin('hello')), name: 'a.gz', mime: 'application/gzip' },
  { title: 'MP4', make: film, name: 'a.mp4', mime: 'video/mp4' },
  { title: 'MP4 named .png', make: film, name: 'film.png', mime: 'image/png' },
  { title: 'text', make: () => latin('hello\n'), name: 'notes.txt', mime: 'text/plain' },
  { title: 'text named .jpg', make: () => latin('hello\n'), name: 'notes.jpg', mime: 'image/jpeg' },
  { title: 'text of no type', make: () => latin('hello\n'), name: 'notes', mime: '' },
  { title: 'HTML', make: () => latin(HTML), name: 'a.html', mime: 'text/html' },
  { title: 'HTML named .png', make: () => latin(HTML), name: 'page.png', mime: 'image/png' },
  { title: 'JSON', make: () => latin('{"a":1}'), name: 'a.json', mime: 'application/json' },
  {
    title: 'a program',
    make: () => Buffer.concat([latin('MZ\x90\0'), noise(400, 7)]),
    name: 'setup.exe',
    mime: 'application/octet-stream',
  },
  {
    title: 'a program named .jpg',
    make: () => Buffer.concat([latin('\x7fELF\x02\x01\x01'), noise(400, 8)]),
    name: 'run.jpg',
    mime: 'image/jpeg',
  },
  { title: 'a mouse pointer', make: () => icon(2), name: 'a.cur', mime: 'image/x-icon' },
  {
    title: 'a portable pixmap',
    make: () => latin('P6 2 1 255 abcdef'),
    name: 'a.ppm',
    mime: 'image/x-portable-pixmap',
  },
  {
    title: 'the own format of libvips, named .png',
    make: () => Buffer.concat([latin('\x08\xf2\xa6\xb6'), noise(400, 9)]),
    name: 'vips.png',
    mime: 'image/png',
  },
  {
    title: 'Radiance',
    make: () => latin('#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 1 +X 1\nabcd'),
    name: 'a.hdr',
    mime: 'image/vnd.radiance',
  },
  {
    title: 'CSV through which libvips could read a picture',
    make: () => latin('0,255\n255,0\n'),
    name: 'a.csv.png',
    mime: 'image/png',
  },
  { title: 'noise named .jpg', make: () => noise(5000, 10), name: 'noise.jpg', mime: 'image/jpeg' },
  { title: 'zeros named .png', make: () => Buffer.alloc(5000), name: 'zeros.png', mime: 'image/png' },
  { title: 'one byte', make: () => latin('\xff'), name: 'one.jpg', mime: 'image/jpeg' },
  { title: 'two bytes of a JPEG', make: () => latin('\xff\xd8'), name: 'two.jpg', mime: 'image/jpeg' },
  { title: 'one byte of no type', make: () => latin('B'), name: 'one', mime: '' },
];

const nothing: Odd[] = [
  {
    title: 'three bytes of a JPEG',
    make: () => latin('\xff\xd8\xff'),
    name: 'three.jpg',
    mime: 'image/jpeg',
    outcomes: 'source.truncated',
  },
  {
    title: 'an empty JPEG',
    make: () => Buffer.alloc(0),
    name: 'empty.jpg',
    mime: 'image/jpeg',
    outcomes: 'source.empty',
  },
  { title: 'an empty file of no type', make: () => Buffer.alloc(0), name: 'empty', mime: '', outcomes: 'source.empty' },
  {
    title: 'an empty text',
    make: () => Buffer.alloc(0),
    name: 'empty.txt',
    mime: 'text/plain',
    outcomes: 'source.not-an-image',
    cli: 'source.empty',
  },
  {
    title: 'a picture named .txt',
    make: baseline,
    name: 'photo.txt',
    mime: 'text/plain',
    outcomes: ['done', 'source.not-an-image'],
    cli: 'done',
  },
];

const as = (outcomes: Outcome, files: Odd[]): Odd[] => files.map((file) => ({ outcomes, ...file }));

export const others = (): HostileFile[] => [
  ...group('Other pictures', { ext: '', mime: '' }, as('source.unsupported', unread)),
  ...group('No pictures', { ext: '', mime: '' }, [...as('source.not-an-image', documents), ...nothing]),
];
