import sharp, { type Sharp } from 'sharp';
import { seeded } from '../fixtures/random';

export interface PhotoOptions {
  width?: number;
  height?: number;
  /** 0…255 behind the disc; opaque when left out. */
  clear?: number;
}

/**
 * A bright disc on dark ground with grain all over: grain makes the packed bytes long enough for a cut in them to cost
 * pixels. Interleaved RGB or RGBA.
 */
export function pixels({ width = 96, height = 72, clear }: PhotoOptions = {}): Buffer {
  const channels = clear === undefined ? 3 : 4;
  const random = seeded(width * 7919 + height);
  const data = Buffer.alloc(width * height * channels);
  for (let at = 0; at < width * height; at += 1) {
    const [x, y] = [at % width, Math.floor(at / width)];
    const inside = Math.hypot(x - width / 2, y - height / 2) < Math.min(width, height) / 3;
    const grain = Math.floor(random() * 24);
    data.set(inside ? [228 + grain, 220, 180 + grain] : [10 + grain, 20, 30 + grain], at * channels);
    if (channels === 4) data[at * 4 + 3] = inside ? 255 : clear!;
  }
  return data;
}

export function photo(options: PhotoOptions = {}): Sharp {
  const { width = 96, height = 72, clear } = options;
  return sharp(pixels(options), { raw: { width, height, channels: clear === undefined ? 3 : 4 } });
}

/** Frames of one size below each other, as sharp takes an animation. */
export function film(frames: number): Sharp {
  const [width, height] = [96, 72];
  const data = Buffer.concat(Array.from({ length: frames }, (_, i) => pixels().map((value) => value ^ (i * 85))));
  return sharp(data, { raw: { width, height: height * frames, channels: 3, pageHeight: height } });
}
