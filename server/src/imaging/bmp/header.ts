import { CutoutError } from '../../errors';

/** How the pixels of a BMP lie in its file, as its headers say (Microsoft's BITMAPINFOHEADER to V5, OS/2's two). */
export interface BmpLayout {
  width: number;
  height: number;
  topDown: boolean;
  bitsPerPixel: 1 | 2 | 4 | 8 | 16 | 24 | 32;
  packing: 'none' | 'run-length';
  /** Of red, green, blue and alpha within a pixel of 16 or 32 bits; 0 where there is none. */
  masks: [red: number, green: number, blue: number, alpha: number];
  /** In bytes of the file; the palette is empty where pixels are no indices. */
  palette: { at: number; entries: number; entryBytes: 3 | 4 };
  pixelsAt: number;
  fileBytes: number;
}

/** So many bytes of a file hold its headers and masks. */
export const BMP_HEADER_BYTES = 14 + 124 + 16;

const FILE_HEADER = 14;
const CORE = 12;
const INFO = 40;
/** OS/2's second header, whose compressions have other meanings. */
const OS2_HEADERS = [16, 64];

const BITS = [1, 2, 4, 8, 16, 24, 32] as const;
const PLAIN = 0;
const RLE8 = 1;
const RLE4 = 2;
const BITFIELDS = 3;
const ALPHA_BITFIELDS = 6;

const MASKS_16 = [0x7c00, 0x03e0, 0x001f, 0] as const;
const MASKS_32 = [0xff0000, 0x00ff00, 0x0000ff, 0] as const;

/**
 * Reads the headers of a BMP from its first bytes and checks that the pixels they promise are in the file.
 * @throws CutoutError `source.truncated` or `source.unsupported`
 */
export function readBmpLayout(start: Buffer, fileBytes: number): BmpLayout {
  // What a shorter header leaves out is 0, and so is what a cut file leaves out: either means "none" throughout.
  const head = Buffer.alloc(BMP_HEADER_BYTES);
  const headerBytes = start.readUInt32LE(FILE_HEADER);
  start.copy(head, 0, 0, Math.min(head.length, start.length));
  const info = Buffer.alloc(124);
  head.copy(info, 0, FILE_HEADER, FILE_HEADER + Math.min(info.length, headerBytes));

  const sides = sidesOf(info, headerBytes);
  const bits = info.readUInt16LE(headerBytes === CORE ? 10 : 14);
  const bitsPerPixel = BITS.find((known) => known === bits);
  if (bitsPerPixel === undefined) throw unsupported(`with ${bits} bits a pixel`);
  const { packing, masked } = packingOf(info.readUInt32LE(16), headerBytes, bitsPerPixel);
  if (packing === 'run-length' && sides.topDown) throw damagedHeader('is packed from the top down, which BMP forbids');

  const behind = masked && headerBytes === INFO ? (masked === 'with alpha' ? 16 : 12) : 0;
  const masks = masked ? maskAt(head, headerBytes, masked) : bitsPerPixel === 16 ? MASKS_16 : MASKS_32;
  const palette = paletteOf(info, headerBytes, bitsPerPixel, FILE_HEADER + headerBytes + behind);
  const layout: BmpLayout = {
    ...{ ...sides, bitsPerPixel, packing, masks: [...masks], palette, fileBytes },
    pixelsAt: pixelsAt(head.readUInt32LE(10), palette),
  };
  requirePixels(layout);
  return layout;
}

function sidesOf(info: Buffer, headerBytes: number): Pick<BmpLayout, 'width' | 'height' | 'topDown'> {
  const core = headerBytes === CORE;
  const width = core ? info.readUInt16LE(4) : info.readInt32LE(4);
  const height = core ? info.readUInt16LE(6) : info.readInt32LE(8);
  if (width <= 0 || height === 0) throw damagedHeader(`names impossible sides, ${width} × ${Math.abs(height)}`);
  return { width, height: Math.abs(height), topDown: height < 0 };
}

function packingOf(
  compression: number,
  headerBytes: number,
  bits: BmpLayout['bitsPerPixel'],
): { packing: BmpLayout['packing']; masked: false | 'plain' | 'with alpha' } {
  if (compression === PLAIN) return { packing: 'none', masked: false };
  if ((compression === RLE8 && bits === 8) || (compression === RLE4 && bits === 4)) {
    return { packing: 'run-length', masked: false };
  }
  const maskable = (bits === 16 || bits === 32) && !OS2_HEADERS.includes(headerBytes);
  if (compression === BITFIELDS && maskable)
    return { packing: 'none', masked: headerBytes > 52 ? 'with alpha' : 'plain' };
  if (compression === ALPHA_BITFIELDS && maskable) return { packing: 'none', masked: 'with alpha' };
  throw unsupported(`with compression ${compression} at ${bits} bits a pixel`);
}

/** They follow the second header or are part of it: in both cases they begin at the same place. */
function maskAt(head: Buffer, headerBytes: number, masked: 'plain' | 'with alpha'): BmpLayout['masks'] {
  const at = FILE_HEADER + INFO;
  const alpha = masked === 'with alpha' && headerBytes !== 52 ? head.readUInt32LE(at + 12) : 0;
  return [head.readUInt32LE(at), head.readUInt32LE(at + 4), head.readUInt32LE(at + 8), alpha];
}

function paletteOf(
  info: Buffer,
  headerBytes: number,
  bits: BmpLayout['bitsPerPixel'],
  at: number,
): BmpLayout['palette'] {
  const entryBytes = headerBytes === CORE ? 3 : 4;
  const named = info.readUInt32LE(32);
  if (bits > 8) return { at, entries: 0, entryBytes };
  const most = 2 ** bits;
  return { at, entries: named === 0 ? most : Math.min(named, most), entryBytes };
}

/** Some writers leave the offset of the pixels 0; they follow the palette then. */
function pixelsAt(offset: number, palette: BmpLayout['palette']): number {
  if (offset === 0) return palette.at + palette.entries * palette.entryBytes;
  if (offset < palette.at) throw damagedHeader('says that the pixels begin before it ends');
  // A palette shorter than its header says ends where the pixels begin.
  palette.entries = Math.min(palette.entries, Math.floor((offset - palette.at) / palette.entryBytes));
  return offset;
}

export const strideOf = ({ width, bitsPerPixel }: Pick<BmpLayout, 'width' | 'bitsPerPixel'>): number =>
  Math.ceil((width * bitsPerPixel) / 32) * 4;

function requirePixels(layout: BmpLayout): void {
  const { width, height, bitsPerPixel, packing, pixelsAt: at, fileBytes } = layout;
  // Many writers leave out the padding of the last row.
  const bytes = packing === 'none' ? strideOf(layout) * (height - 1) + Math.ceil((width * bitsPerPixel) / 8) : 2;
  if (at + bytes <= fileBytes) return;
  throw new CutoutError('source.truncated', `The BMP header promises ${width} × ${height} pixels; the file has fewer.`);
}

const damagedHeader = (how: string) =>
  new CutoutError('source.truncated', `The BMP header ${how}; save the picture anew and upload it again.`);

const unsupported = (kind: string) =>
  new CutoutError(
    'source.unsupported',
    `BMP pictures ${kind} cannot be read here; save the picture as PNG or as a plain BMP.`,
  );
