import { crc32, deflateSync } from 'node:zlib';
import { latin, u32be } from '../bytes';
import { pixels } from '../photo';

/** PNG files built chunk by chunk (PNG specification, third edition). */

export const SIGNATURE = latin('\x89PNG\r\n\x1a\n');

export function chunk(name: string, data: Buffer = Buffer.alloc(0), sum?: number): Buffer {
  const body = Buffer.concat([latin(name), data]);
  return Buffer.concat([u32be(data.length), body, u32be(sum ?? crc32(body))]);
}

export const png = (...chunks: Buffer[]): Buffer => Buffer.concat([SIGNATURE, ...chunks]);

export interface PngSpec {
  width?: number;
  height?: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA */
  type: 0 | 2 | 3 | 4 | 6;
  depth: 1 | 2 | 4 | 8 | 16;
  interlaced?: boolean;
}

const CHANNELS = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 } as const;

export function ihdr({ width = 96, height = 72, type, depth, interlaced = false }: PngSpec): Buffer {
  return chunk('IHDR', Buffer.concat([u32be(width), u32be(height), Buffer.from([depth, type, 0, 0, +interlaced])]));
}

/** As many colours as the depth has numbers, dark to bright. */
export function palette(depth: number): Buffer {
  const count = 2 ** depth;
  const ofEntry = (_: unknown, i: number) => Array.from({ length: 3 }, () => Math.round((i * 255) / (count - 1)));
  return chunk('PLTE', Buffer.from(Array.from({ length: count }, ofEntry).flat()));
}

/** First column and row and steps of Adam7's passes. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** The test photo's rows, unfiltered, as the spec packs them. */
export function rows(spec: PngSpec): Buffer {
  const { width = 96, height = 72, interlaced } = spec;
  const rgb = pixels({ width, height });
  const parts: Buffer[] = [];
  for (const [left, top, stepX, stepY] of interlaced ? PASSES : ([[0, 0, 1, 1]] as const)) {
    const columns = Array.from({ length: Math.ceil((width - left) / stepX) }, (_, i) => left + i * stepX);
    if (columns.length === 0) continue;
    for (let y = top; y < height; y += stepY) {
      const samples = columns.flatMap((x) => samplesOf(rgb.subarray((y * width + x) * 3), spec.type));
      parts.push(Buffer.from([0]), packed(samples, spec.depth));
    }
  }
  return Buffer.concat(parts);
}

/** 0…255 each. */
function samplesOf([r = 0, g = 0, b = 0]: Buffer, type: PngSpec['type']): number[] {
  const colours = CHANNELS[type] >= 3 ? [r, g, b] : [g];
  return type >= 4 ? [...colours, 255] : colours;
}

function packed(samples: number[], depth: number): Buffer {
  if (depth === 16) return Buffer.from(samples.flatMap((value) => [value, value]));
  const each = 8 / depth;
  const bytes = Buffer.alloc(Math.ceil(samples.length / each));
  for (const [i, value] of samples.entries()) {
    bytes[Math.floor(i / each)]! |= (value >> (8 - depth)) << (8 - depth - (i % each) * depth);
  }
  return bytes;
}

export const idat = (spec: PngSpec): Buffer => chunk('IDAT', deflateSync(rows(spec)));
export const IEND = chunk('IEND');

/** A whole PNG with further chunks before its pixels. */
export function pngOf(spec: PngSpec, ...before: Buffer[]): Buffer {
  return png(ihdr(spec), ...before, ...(spec.type === 3 ? [palette(spec.depth)] : []), idat(spec), IEND);
}
