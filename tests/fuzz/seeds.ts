import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { encodeBmp } from '../../server/src/imaging/bmp/encode';
import { bmpFile, packedRows } from '../unit/imaging/bmp';

const [WIDTH, HEIGHT] = [24, 16];

export interface Seeds {
  pictures: Buffer[];
  bmps: Buffer[];
  pngs: Buffer[];
  lossyWebps: Buffer[];
}

/** Small whole pictures of every kind that is read, and heads of those that are refused. */
export async function makeSeeds(): Promise<Seeds> {
  const rgb = Buffer.from(Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => (i * 37) % 256));
  const photo = () => sharp(rgb, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
  const clear = () => photo().ensureAlpha(0.5);
  const bmps = bmpSeeds(rgb);
  const png = await photo().png().toBuffer();
  const pngs = [png, withFrames(png), await clear().png({ progressive: true }).toBuffer()];
  const lossyWebps = [await photo().webp().toBuffer(), await photo().webp({ quality: 5 }).toBuffer()];
  const others = await Promise.all([
    photo().jpeg().toBuffer(),
    photo().jpeg({ progressive: true }).withMetadata({ orientation: 6 }).toBuffer(),
    photo().toColourspace('cmyk').jpeg().toBuffer(),
    clear().webp({ lossless: true }).toBuffer(),
    photo().gif().toBuffer(),
    photo().tiff({ compression: 'lzw' }).toBuffer(),
    photo().tiff({ compression: 'jpeg' }).toBuffer(),
    photo().avif({ effort: 0 }).toBuffer(),
  ]);
  const refused = ['<svg xmlns="http://www.w3.org/2000/svg"/>', '\0\0\0\x18ftypheic\0\0\0\0mif1heic', '8BPS\0\x01'];
  const heads = refused.map((text) => Buffer.from(text, 'latin1'));
  return { pictures: [...others, ...pngs, ...lossyWebps, bmps[0]!, ...heads], bmps, pngs, lossyWebps };
}

function bmpSeeds(rgb: Buffer): Buffer[] {
  const palette = Array.from({ length: 16 }, (_, i) => [i * 16, 255 - i, 7]);
  const indexed = (bits: number, headerBytes: number) =>
    bmpFile({ width: 9, height: 7, bits, headerBytes, palette, rows: packedRows(9, 7, bits, (x, y) => (x + y) & 1) });
  const masks = [0xff0000, 0xff00, 0xff, 0xff000000];
  const masked = packedRows(9, 7, 32, (x, y) => (x * 99_999_999 + y) >>> 0);
  const packed = (bits: number, compression: number) =>
    bmpFile({
      width: 6,
      height: 2,
      bits,
      compression,
      palette,
      rows: Buffer.from([6, 3, 0, 0, 0, 3, 1, 2, 3, 0, 3, 1, 0, 1]),
    });
  return [
    encodeBmp(rgb, WIDTH, HEIGHT),
    ...[1, 4, 8].flatMap((bits) => [indexed(bits, 12), indexed(bits, 40), indexed(bits, 124)]),
    bmpFile({ width: 9, height: 7, bits: 32, headerBytes: 108, compression: 3, masks, rows: masked }),
    bmpFile({ width: 9, height: 7, bits: 16, rows: packedRows(9, 7, 16, (x, y) => x * 999 + y) }),
    packed(8, 1),
    packed(4, 2),
  ];
}

/** The same PNG with the chunk that announces frames. */
function withFrames(png: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from('acTL'), Buffer.from([0, 0, 0, 2, 0, 0, 0, 0])]);
  const chunk = Buffer.concat([Buffer.from([0, 0, 0, 8]), body, Buffer.alloc(4)]);
  chunk.writeUInt32BE(crc32(body), chunk.length - 4);
  return Buffer.concat([png.subarray(0, 33), chunk, png.subarray(33)]);
}
