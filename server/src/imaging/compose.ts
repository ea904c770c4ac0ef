import sharp, { type Sharp } from 'sharp';
import type { ComposeOptions } from '../options/schema';

/** Full-size foreground colours and their alpha. */
export interface Layer {
  width: number;
  height: number;
  rgb: Buffer;
  alpha: Buffer;
}

export interface Canvas {
  picture: Sharp;
  width: number;
  height: number;
}

export async function compose(layer: Layer, options: ComposeOptions): Promise<Canvas> {
  void options;
  const { width, height, rgb, alpha } = layer;
  const raw = { width, height };
  const joined = await sharp(rgb, { raw: { ...raw, channels: 3 }, limitInputPixels: false })
    .joinChannel(alpha, { raw: { ...raw, channels: 1 } })
    .raw()
    .toBuffer();
  return { picture: sharp(joined, { raw: { ...raw, channels: 4 }, limitInputPixels: false }), width, height };
}
