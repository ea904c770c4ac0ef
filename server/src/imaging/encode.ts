import { writeFile } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import type { ComposeOptions } from '../options/schema';
import { encodeBmp } from './bmp/encode';
import type { Composed } from './raster';
import { clearHidden, fromPlane, fromRgb, joined, toPlane } from './planes';
import type { Layer } from './raster';
import { encodeAlpha } from './webp/alpha-chunk';
import { joinWebp, profileOf } from './webp/container';
import { fillEdgeBlocks } from './webp/edge-fill';

type Settings = Pick<ComposeOptions, 'format' | 'quality' | 'lossless'>;

/** Near each other to the eye; AVIF's scale is its own. */
const DEFAULT_QUALITY = { webp: 85, jpeg: 90, avif: 60 };

/** Encodes a finished picture into the file at `path`; answers with its size in bytes. */
export async function encode(picture: Composed, settings: Settings, path: string): Promise<number> {
  if (picture.kind === 'layer' && settings.format === 'webp' && !settings.lossless) {
    return save(await encodeLossyWebp(picture, settings), path);
  }
  if (settings.format === 'bmp') return save(encodeBmp(await flatRgb(picture), picture.width, picture.height), path);
  const pixels = picture.width * picture.height;
  const encoder = withEncoder(pictureOf(picture), settings, pixels);
  const { size } = await (picture.kind === 'grey' ? encoder : tagged(encoder)).toFile(path);
  return size;
}

async function save(file: Buffer, path: string): Promise<number> {
  await writeFile(path, file);
  return file.length;
}

function pictureOf(picture: Composed): Sharp {
  if (picture.kind === 'grey') return fromPlane(picture);
  return picture.kind === 'opaque' ? fromRgb(picture.rgb, picture) : joined(picture);
}

/** BMP knows no grey without a palette. */
async function flatRgb(picture: Composed): Promise<Buffer> {
  if (picture.kind !== 'grey') return picture.rgb;
  return (await toPlane(fromPlane(picture).toColourspace('srgb'))).data;
}

/** Colours by libwebp, in its own thread, and alpha by this project's encoder beside it. */
async function encodeLossyWebp(layer: Layer, settings: Settings): Promise<Buffer> {
  const { width, height } = layer;
  fillEdgeBlocks(layer);
  try {
    const encoded = withEncoder(fromRgb(layer.rgb, layer), settings, width * height).toBuffer();
    // Awaited below; a failure must not go unheard while alpha is encoded.
    encoded.catch(() => undefined);
    await setImmediatePromise();
    const alpha = encodeAlpha(layer.alpha, width, height);
    const colors = await encoded;
    return joinWebp({ colors, alpha, profile: await srgbProfile() }, width, height);
  } finally {
    clearHidden(layer);
  }
}

/** Says that the colours are sRGB, in 480 bytes: else each program has its own idea of a file that says nothing. */
const tagged = (picture: Sharp): Sharp => picture.withIccProfile('srgb');

let knownProfile: Buffer | null = null;

/** The profile itself: libvips would convert each pixel from sRGB to sRGB to put it into a file, 9 ms for a megapixel. */
async function srgbProfile(): Promise<Buffer | null> {
  const pixel = sharp({ create: { width: 1, height: 1, channels: 3, background: 'black' } });
  knownProfile ??= profileOf(await tagged(pixel).webp().toBuffer());
  return knownProfile;
}

/** Lets sharp hand its work to a thread before this one is busy. */
const setImmediatePromise = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Encoder effort by size. The encoder, not the model, would be the cost of a big photo: a WebP of 12 megapixels takes
 * 1.5 s at effort 4, a quarter of that at effort 1 and an eighth less again at effort 0, for a file 2 % larger.
 */
export function webpEffort(pixels: number): number {
  if (pixels <= 0.3e6) return 4;
  if (pixels <= 1.5e6) return 2;
  return pixels <= 8e6 ? 1 : 0;
}

/** AVIF of 1 megapixel: 0.2 s at effort 2, half of that at 1 and a fifth at 0, each 10 % larger than the last. */
const avifEffort = (pixels: number): number => (pixels <= 0.3e6 ? 3 : pixels <= 1.2e6 ? 1 : 0);

/** The encoder for a format, set by the options and the number of pixels; not for BMP, which libvips cannot write. */
function withEncoder(picture: Sharp, { format, lossless, quality }: Settings, pixels: number): Sharp {
  const small = pixels <= 1.5e6;
  switch (format) {
    case 'webp':
      return picture.webp({
        quality: quality ?? DEFAULT_QUALITY.webp,
        lossless,
        // Else libwebp puts whatever packs best where alpha is 0.
        exact: lossless,
        effort: webpEffort(pixels),
      });
    case 'avif':
      return picture.avif({ quality: quality ?? DEFAULT_QUALITY.avif, lossless, effort: avifEffort(pixels) });
    case 'jpeg':
      return picture.jpeg({ quality: quality ?? DEFAULT_QUALITY.jpeg, chromaSubsampling: '4:4:4' });
    default:
      return picture.png({ compressionLevel: small ? 4 : 2, adaptiveFiltering: small });
  }
}
