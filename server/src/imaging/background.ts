import type { Sharp } from 'sharp';
import { CutoutError, messageOf } from '../errors';
import type { Rgba } from '../options/color';
import { decode } from './decode';
import { enlargeSamples } from './enlarge';
import { fromRgb } from './planes';
import { readWhole } from './open';
import type { Layer, Raster, Size } from './raster';
import { inspectSource } from './source';

/**
 * The layer over one colour ("over", straight alpha). Writes into `rgb` of `out`, which may be the layer's own buffer.
 * Answers with the resulting alpha, `null` when the colour is opaque.
 */
export function overColor({ rgb, alpha }: Layer, { r, g, b, alpha: below }: Rgba, out: Buffer): Buffer | null {
  if (below === 255) {
    overOpaque(rgb, alpha, [r, g, b], out);
    return null;
  }
  const result = Buffer.allocUnsafe(alpha.length);
  for (let i = 0, p = 0; i < alpha.length; i++, p += 3) {
    const above = alpha[i]!;
    const rest = (below * (255 - above)) / 255;
    const sum = above + rest;
    const share = sum === 0 ? 0 : above / sum;
    const shown = sum === 0 ? 0 : 1 - share;
    out[p] = rgb[p]! * share + r * shown + 0.5;
    out[p + 1] = rgb[p + 1]! * share + g * shown + 0.5;
    out[p + 2] = rgb[p + 2]! * share + b * shown + 0.5;
    result[i] = Math.round(sum);
  }
  return result;
}

function overOpaque(rgb: Buffer, alpha: Buffer, color: [number, number, number], out: Buffer): void {
  const [r, g, b] = color;
  if (out !== rgb) rgb.copy(out);
  for (let i = 0, p = 0; i < alpha.length; i++, p += 3) {
    const above = alpha[i]!;
    if (above === 255) continue;
    const rest = 255 - above;
    out[p] = (rgb[p]! * above + r * rest) / 255 + 0.5;
    out[p + 1] = (rgb[p + 1]! * above + g * rest) / 255 + 0.5;
    out[p + 2] = (rgb[p + 2]! * above + b * rest) / 255 + 0.5;
  }
}

/** The layer over a picture of the same size, opaque. Writes into `out`, which may be either picture. */
export function overPicture({ rgb, alpha }: Layer, picture: Buffer, out: Buffer): void {
  for (let i = 0, p = 0; i < alpha.length; i++, p += 3) {
    const above = alpha[i]! / 255;
    const rest = 1 - above;
    out[p] = rgb[p]! * above + picture[p]! * rest + 0.5;
    out[p + 1] = rgb[p + 1]! * above + picture[p + 1]! * rest + 0.5;
    out[p + 2] = rgb[p + 2]! * above + picture[p + 2]! * rest + 0.5;
  }
}

export interface Background {
  /** Absolute path of the picture. */
  path: string;
  maxPixels: number;
}

/** Refuses a background that is no picture, before anything is made. Throws `options.invalid`. */
export async function requireBackground({ path, maxPixels }: Background): Promise<void> {
  await inspectSource(path, { maxPixels }).catch((cause: unknown) => {
    throw unusable(cause);
  });
}

const unusable = (cause: unknown) =>
  new CutoutError('options.invalid', `The picture of 'bg_image' cannot be used: ${messageOf(cause)}`, { cause });

/**
 * A background picture that covers the canvas, centred; where it is transparent itself, `beneath` shows.
 * Interleaved sRGB. Throws `options.invalid` when it cannot be used, whatever is wrong with it: the original is fine.
 */
export async function loadBackground({ path, maxPixels }: Background, canvas: Size, beneath: Rgba): Promise<Buffer> {
  try {
    const source = await inspectSource(path, { maxPixels });
    const share = Math.min(source.width / canvas.width, source.height / canvas.height);
    if (share < 1) return enlarged(await decode(source), share, canvas, beneath);
    const fill = (picture: Sharp): Promise<Buffer> =>
      picture
        .resize(canvas.width, canvas.height, { fit: 'cover' })
        .flatten({ background: { r: beneath.r, g: beneath.g, b: beneath.b } })
        .raw({ depth: 'uchar' })
        .toBuffer();
    return source.format === 'bmp'
      ? await fill(fromRgb((await decode(source)).rgb, source))
      : await readWhole(source, fill);
  } catch (cause) {
    throw unusable(cause);
  }
}

/** The middle of a picture that is smaller than the canvas; a canvas pixel is `share` of one of its pixels wide. */
function enlarged({ alpha, ...picture }: Raster, share: number, canvas: Size, beneath: Rgba): Buffer {
  const { rgb } = picture;
  if (alpha) overColor({ ...picture, alpha }, { ...beneath, alpha: 255 }, rgb);
  const [width, height] = [canvas.width * share, canvas.height * share];
  const window = { left: (picture.width - width) / 2, top: (picture.height - height) / 2, width, height };
  return enlargeSamples(rgb, picture, canvas, { channels: 3, window });
}
