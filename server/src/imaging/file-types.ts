import type { ComposeOptions } from '../options/schema';

export type Format = ComposeOptions['format'];

export const FILE_TYPES: Record<Format, { ext: string; mime: string; alpha: boolean }> = {
  webp: { ext: '.webp', mime: 'image/webp', alpha: true },
  png: { ext: '.png', mime: 'image/png', alpha: true },
  jpeg: { ext: '.jpg', mime: 'image/jpeg', alpha: false },
  bmp: { ext: '.bmp', mime: 'image/bmp', alpha: false },
  avif: { ext: '.avif', mime: 'image/avif', alpha: true },
};
