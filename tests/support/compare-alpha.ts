import sharp from 'sharp';

export interface AlphaDistance {
  sameSizeAsPhoto: boolean;
  /** Mean absolute error of the alpha, 0…1. */
  meanError: number;
  /** Intersection over union of what is more than half opaque, 0…1. */
  overlap: number;
}

/** Measures a cutout's alpha channel against a reference matte, an 8-bit grey picture of the photo's size. */
export async function compareAlpha(cutout: string, reference: string, photo: string): Promise<AlphaDistance> {
  const alpha = await sharp(cutout).extractChannel('alpha').raw().toBuffer({ resolveWithObject: true });
  const truth = await sharp(reference).toColourspace('b-w').extractChannel(0).raw().toBuffer();
  const { width, height } = await sharp(photo).metadata();
  let error = 0;
  let both = 0;
  let either = 0;
  for (const [index, value] of alpha.data.entries()) {
    const wanted = truth[index] ?? 0;
    error += Math.abs(value - wanted);
    if (value > 127 && wanted > 127) both += 1;
    if (value > 127 || wanted > 127) either += 1;
  }
  return {
    sameSizeAsPhoto: alpha.info.width === width && alpha.info.height === height && truth.length === alpha.data.length,
    meanError: error / alpha.data.length / 255,
    overlap: either === 0 ? 1 : both / either,
  };
}
