import { group, type HostileFile, type Odd } from '../file';
import { plain as avif } from './avif';
import { bmp24 } from './bmp';
import { still } from './gif';
import { baseline } from './jpeg';
import { pngOf } from './png-file';
import { strips } from './tiff';
import { lossy } from './webp';

const png = () => pngOf({ type: 2, depth: 8 });

const files: Odd[] = [
  { title: 'a JPEG that says PNG', make: baseline, name: 'logo.png', mime: 'image/png' },
  { title: 'a PNG that says JPEG', make: png, name: 'photo.jpg', mime: 'image/jpeg' },
  { title: 'a WebP that says JPEG', make: lossy, name: 'shop.jpeg', mime: 'image/jpeg' },
  { title: 'a GIF that says WebP', make: still, name: 'still.webp', mime: 'image/webp' },
  { title: 'a BMP that says GIF', make: bmp24, name: 'scan.gif', mime: 'image/gif' },
  { title: 'a TIFF that says PNG', make: strips, name: 'print.png', mime: 'image/png' },
  { title: 'an AVIF that says JPEG', make: avif, name: 'small.jpg', mime: 'image/jpeg' },
  { title: 'a PNG that says SVG', make: png, name: 'vector.svg', mime: 'image/svg+xml' },
  { title: 'a JPEG that says HEIC', make: baseline, name: 'picture.heic', mime: 'image/heic' },
  { title: 'a JPEG that says Photoshop', make: baseline, name: 'layers.psd', mime: 'image/vnd.adobe.photoshop' },
  { title: 'a JPEG of no type', make: baseline, name: 'untyped', mime: '' },
  { title: 'a JPEG of an unknown type', make: baseline, name: 'bytes.bin', mime: 'application/octet-stream' },
  { title: 'a JPEG with an unknown ending', make: baseline, name: 'photo.jpg.backup', mime: 'image/jpeg' },
  {
    title: 'a JPEG whose type has a parameter',
    make: baseline,
    name: 'parameter.jpg',
    mime: 'image/jpeg; charset=utf-8',
  },
  { title: 'a JPEG whose type is in capitals', make: baseline, name: 'CAPITALS.JPG', mime: 'IMAGE/JPEG' },
  { title: 'a JPEG of any type', make: baseline, name: 'any.jpg', mime: '*/*' },
  {
    title: 'a JPEG whose type is 200 letters long',
    make: baseline,
    name: 'long-type.jpg',
    mime: `image/${'x'.repeat(194)}`,
  },
  {
    title: 'a JPEG that says film',
    make: baseline,
    name: 'clip.mp4',
    mime: 'video/mp4',
    outcomes: ['done', 'source.not-an-image'],
    cli: 'done',
  },
  {
    title: 'a JPEG that says PDF',
    make: baseline,
    name: 'report.pdf',
    mime: 'application/pdf',
    outcomes: ['done', 'source.not-an-image'],
    cli: 'done',
  },
  {
    title: 'a JPEG that says HTML',
    make: baseline,
    name: 'page.htm',
    mime: 'text/html',
    outcomes: ['done', 'source.not-an-image'],
    cli: 'done',
  },
];

export const misnamed = (): HostileFile[] => group('Names and types that lie', { ext: '', mime: '' }, files);
