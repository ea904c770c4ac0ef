import type { Sharp } from 'sharp';
import { decodeBmp } from './bmp/decode';
import type { Size } from './raster';
import { fromRgb, interleaved } from './planes';
import { damaged } from './damage';
import { readWhole } from './open';
import type { SourceFacts } from './source';

/** What every service reads. */
export type Readable = 'jpeg' | 'png';

const JPEG_QUALITY = 95;

/** The largest sides of the same aspect within `most`; never larger than they are. */
export function fitWithin({ width, height }: Size, most: Size): Size {
  const factor = Math.min(1, most.width / width, most.height / height);
  return {
    width: Math.max(1, Math.floor(width * factor)),
    height: Math.max(1, Math.floor(height * factor)),
  };
}

/** Writes a checked original upright, in sRGB and at that size; answers with the file's bytes. */
export async function writeReadable(source: SourceFacts, size: Size, format: Readable, path: string): Promise<number> {
  const write = async (upright: Sharp): Promise<number> => {
    const picture = upright.resize(size.width, size.height, { fit: 'fill' });
    const file = format === 'png' ? picture.png({ compressionLevel: 6 }) : picture.jpeg({ quality: JPEG_QUALITY });
    return (await file.toFile(path)).size;
  };
  if (source.format !== 'bmp') return readWhole(source, write);
  return fromBmp(source)
    .then(write)
    .catch((cause: unknown) => {
      throw damaged(source.path, cause);
    });
}

async function fromBmp({ path }: SourceFacts): Promise<Sharp> {
  const { width, height, rgb, alpha } = await decodeBmp(path);
  return alpha
    ? interleaved({ width, height, rgb, alpha }, { left: 0, top: 0, width, height })
    : fromRgb(rgb, { width, height });
}
