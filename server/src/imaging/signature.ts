/** What a file's first bytes say it is. */
export type Kind =
  'jpeg' | 'png' | 'webp' | 'gif' | 'bmp' | 'tiff' | 'avif' | 'svg' | 'heic' | 'psd' | 'jxl' | 'jp2' | 'ico' | 'pdf';

/** So many bytes of a file are enough for `kindOf`. */
export const SIGNATURE_BYTES = 4096;

const starts = (head: Buffer, text: string, at = 0): boolean =>
  head.length >= at + text.length && head.toString('latin1', at, at + text.length) === text;

/** In the order of asking; sources: each format's specification. */
const SIGNATURES: [Kind, (head: Buffer) => boolean][] = [
  ['jpeg', (head) => starts(head, '\xff\xd8\xff')],
  ['png', (head) => starts(head, '\x89PNG\r\n\x1a\n')],
  ['webp', (head) => starts(head, 'RIFF') && starts(head, 'WEBP', 8)],
  ['gif', (head) => starts(head, 'GIF87a') || starts(head, 'GIF89a')],
  ['tiff', (head) => starts(head, 'II*\0') || starts(head, 'MM\0*') || starts(head, 'II+\0') || starts(head, 'MM\0+')],
  ['avif', (head) => ['avif', 'avis'].some((brand) => brands(head).includes(brand))],
  ['heic', (head) => brands(head).some((brand) => /^(hei[cxms]|hev[cxms]|mif1|msf1)$/.test(brand))],
  ['psd', (head) => starts(head, '8BPS')],
  ['jxl', (head) => starts(head, '\xff\x0a') || starts(head, '\0\0\0\x0cJXL \r\n\x87\n')],
  ['jp2', (head) => starts(head, '\0\0\0\x0cjP  \r\n\x87\n') || starts(head, '\xff\x4f\xff\x51')],
  ['pdf', (head) => starts(head, '%PDF-')],
  ['bmp', isBmp],
  ['ico', (head) => starts(head, '\0\0\x01\0') && head.length > 6],
  ['svg', isSvg],
];

/** The format of a file by its first bytes, `null` when they are no picture's. */
export function kindOf(head: Buffer): Kind | null {
  return SIGNATURES.find(([, matches]) => matches(head))?.[0] ?? null;
}

/** Brands of an ISO base media file (`ftyp`), the major one first. */
function brands(head: Buffer): string[] {
  if (!starts(head, 'ftyp', 4)) return [];
  const end = Math.min(head.readUInt32BE(0), head.length);
  const names: string[] = [];
  for (let at = 8; at + 4 <= end; at += 4) {
    if (at !== 12) names.push(head.toString('latin1', at, at + 4));
  }
  return names;
}

/** 'BM' alone also begins many a text; the size of the second header settles it. */
function isBmp(head: Buffer): boolean {
  return starts(head, 'BM') && head.length >= 26 && [12, 16, 40, 52, 56, 64, 108, 124].includes(head.readUInt32LE(14));
}

function isSvg(head: Buffer): boolean {
  const text = head
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
  return /^(<\?xml|<!--|<!DOCTYPE\s+svg|<svg[\s>])/i.test(text) && /<svg[\s>]/i.test(text);
}

/** The kind that a file's extension promises; `null` when it is no picture's. */
export function kindOfExtension(extension: string): Kind | null {
  return EXTENSIONS[extension.toLowerCase()] ?? null;
}

export const MIME_TYPES: Record<Kind, string> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  gif: 'image/gif',
  bmp: 'image/bmp',
  tiff: 'image/tiff',
  avif: 'image/avif',
  svg: 'image/svg+xml',
  heic: 'image/heic',
  psd: 'image/vnd.adobe.photoshop',
  jxl: 'image/jxl',
  jp2: 'image/jp2',
  ico: 'image/x-icon',
  pdf: 'application/pdf',
};

const EXTENSIONS: Record<string, Kind> = {
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
  '.jpe': 'jpeg',
  '.jfif': 'jpeg',
  '.png': 'png',
  '.apng': 'png',
  '.webp': 'webp',
  '.gif': 'gif',
  '.bmp': 'bmp',
  '.dib': 'bmp',
  '.tif': 'tiff',
  '.tiff': 'tiff',
  '.avif': 'avif',
  '.svg': 'svg',
  '.svgz': 'svg',
  '.heic': 'heic',
  '.heif': 'heic',
  '.psd': 'psd',
  '.jxl': 'jxl',
  '.jp2': 'jp2',
  '.ico': 'ico',
  '.pdf': 'pdf',
};
