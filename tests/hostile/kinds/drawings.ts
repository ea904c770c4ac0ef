import { gzipSync } from 'node:zlib';
import { group, type HostileFile, type Odd } from '../file';

const SVG = { ext: '.svg', mime: 'image/svg+xml' };
const DRAWING = 'source.svg';

const svg = (content: string, head = '') =>
  Buffer.from(`${head}<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60">${content}</svg>`);
const disc = '<circle cx="45" cy="30" r="20" fill="#fff"/>';

const LAUGHS = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('');
const laughing = `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY l0 "ha">${LAUGHS}]>`;
const outside = (what: string) => `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "${what}">]>`;
/** Not reachable from anywhere (RFC 5737), so that a fetch shows as a wait. */
const ELSEWHERE = 'http://192.0.2.1/x.png';

const files: Odd[] = [
  { title: 'plain', make: () => svg(disc) },
  { title: 'a script', make: () => svg(`${disc}<script>fetch('/admin')</script>`) },
  { title: 'an entity that is a file', make: () => svg('<text>&x;</text>', outside('file:///etc/hostname')) },
  { title: 'an entity that is elsewhere', make: () => svg('<text>&x;</text>', outside(ELSEWHERE)) },
  { title: 'a picture that is elsewhere', make: () => svg(`<image href="${ELSEWHERE}" width="9" height="9"/>`) },
  { title: 'entities that unfold to a thousand million words', make: () => svg('<text>&l9;</text>', laughing) },
  {
    title: 'sides of a thousand million',
    make: () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="1e9" height="1e9"/>'),
  },
  { title: 'packed, as SVGZ', make: () => gzipSync(svg(disc), { level: 9 }), name: 'drawing.svgz' },
  {
    title: 'packed, 20 MB when unpacked',
    make: () => gzipSync(svg(' '.repeat(2e7)), { level: 9 }),
    name: 'large.svgz',
  },
  { title: 'a comment of 8 KB first', make: () => svg(disc, `<!--${'x'.repeat(8192)}-->`) },
  {
    title: 'a comment of 8 KB first, named .png',
    make: () => svg(disc, `<!--${'x'.repeat(8192)}-->`),
    name: 'drawing.png',
    mime: 'image/png',
    outcomes: 'source.not-an-image',
  },
  { title: 'named .jpg', make: () => svg(disc), name: 'drawing.jpg', mime: 'image/jpeg' },
  { title: 'cut in the middle', make: () => svg(disc).subarray(0, 60) },
  { title: '16 bits a letter', make: () => Buffer.from(`\uFEFF${svg(disc).toString()}`, 'utf16le') },
];

export const drawings = (): HostileFile[] =>
  group(
    'SVG',
    SVG,
    files.map((file) => ({ outcomes: DRAWING, ...file })),
  );
