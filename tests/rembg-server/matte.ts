import sharp from 'sharp';
import type { Rgba } from './picture';

/** Makes the alpha plane of a picture: one byte per pixel, same size as `picture` (the decoded, upright upload). */
export type Matte = (upload: Buffer, picture: Rgba) => Promise<Buffer>;

/** Brightness as alpha. Costs nothing, is the same on every run, and is no cutout: for tests that look at no picture. */
export const luminanceMatte: Matte = async (_upload, { data, width, height }) =>
  sharp(data, { raw: { width, height, channels: 4 } })
    .removeAlpha()
    .toColourspace('b-w')
    .normalise()
    .raw()
    .toBuffer();
