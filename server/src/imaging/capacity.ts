import { CutoutError } from '../errors';
import type { ComposeOptions } from '../options/schema';
import type { Size } from './raster';

/** More than any file format here holds, and as much as a picture child can. */
const MAX_CANVAS_PIXELS = 120e6;
/** WebP has 14 bits, less one (RFC 9649); libvips writes AVIF to 16384; libjpeg stops at 65500 (JPEG_MAX_DIMENSION). */
const MAX_SIDES = { webp: 16_383, avif: 16_384, jpeg: 65_500 };
const MAX_SIDE = 65_535;

/**
 * Most pixels that an encoder can take within a picture child's memory: libaom takes 40 bytes for each, libwebp without
 * loss 24.
 */
const MAX_ENCODED_PIXELS = { avif: 30e6, losslessWebp: 90e6 };

/**
 * Refuses a result that cannot be held, or that has more pixels than whoever asks for it may have. Throws
 * `options.invalid`.
 */
export function requireHoldable(
  { width, height }: Size,
  output?: Pick<ComposeOptions, 'format' | 'lossless'>,
  mostPixels = Infinity,
): void {
  const { name, side, pixels } = capacity(output);
  if (width * height > mostPixels) {
    throw new CutoutError(
      'options.invalid',
      `The result would have ${width} × ${height} pixels; at most ${mostPixels / 1e6} megapixels are made here. Set a ` +
        `smaller 'w', 'h' or 'margin'.`,
    );
  }
  if (width <= side && height <= side && width * height <= pixels) return;
  throw new CutoutError(
    'options.invalid',
    `The result would have ${width} × ${height} pixels; ${name} holds at most ${side} a side and ${pixels / 1e6} ` +
      `megapixels here. Set a smaller 'w', 'h' or 'margin', or the format png.`,
  );
}

function capacity(output?: Pick<ComposeOptions, 'format' | 'lossless'>): {
  name: string;
  side: number;
  pixels: number;
} {
  switch (output?.format) {
    case 'avif':
      return { name: 'avif', side: MAX_SIDES.avif, pixels: MAX_ENCODED_PIXELS.avif };
    case 'webp': {
      const pixels = output.lossless ? MAX_ENCODED_PIXELS.losslessWebp : MAX_CANVAS_PIXELS;
      return { name: output.lossless ? 'lossless webp' : 'webp', side: MAX_SIDES.webp, pixels };
    }
    case 'jpeg':
      return { name: 'jpeg', side: MAX_SIDES.jpeg, pixels: MAX_CANVAS_PIXELS };
    default:
      return { name: output?.format ?? 'a picture', side: MAX_SIDE, pixels: MAX_CANVAS_PIXELS };
  }
}
