import sharp, { type Sharp } from 'sharp';
import { damaged } from './damage';
import { isGifWhole } from './gif-frame';
import type { SourceFacts } from './source';

/**
 * A checked original as sharp's picture: upright, its profile turned into sRGB. Not for BMP.
 *
 * sharp brings 16-bit pictures with a profile to Display P3 and leaves them there when the output carries no profile
 * (their reds come out dull), so for those the output is told to be sRGB.
 */
function openUpright({ path, deepProfile }: SourceFacts): Sharp {
  const picture = sharp(path, {
    // The header was checked against the caller's own limit.
    limitInputPixels: false,
    // Warnings alone (stray bytes between JPEG markers) leave a good picture; a missing half does not.
    failOn: 'error',
    sequentialRead: true,
  }).autoOrient();
  return (deepProfile ? picture.withIccProfile('srgb') : picture).toColourspace('srgb');
}

/**
 * What libjpeg calls a warning although pixels are missing (jerror.h): it fills them with grey and goes on, for data
 * that end at a marker, codes that mean nothing, and restarts that are not there.
 */
const LOSSES = /premature end|bad (huffman|arithmetic) code|found marker \S+ instead of/i;

/**
 * Runs `use` on a checked original and refuses what it made if pixels were missing. Not for BMP.
 * @throws CutoutError `source.truncated`, `source.unreadable` or `machine.short`
 */
export async function readWhole<T>(source: SourceFacts, use: (picture: Sharp) => Promise<T>): Promise<T> {
  const losses: string[] = [];
  try {
    if (source.format === 'gif' && !(await isGifWhole(source.path))) throw new Error('the GIF codes end early');
    const picture = openUpright(source);
    // Told before the result is.
    picture.on('warning', (text: string) => {
      if (LOSSES.test(text)) losses.push(text);
    });
    const result = await use(picture);
    if (losses.length > 0) throw new Error(losses.join('; '));
    return result;
  } catch (cause) {
    throw damaged(source.path, cause);
  }
}
