import sharp from 'sharp';

export interface Distance {
  /** Mean absolute error, 0…1. */
  meanError: number;
  /** Intersection over union of what is more than half opaque, 0…1. */
  overlap: number;
}

export interface AlphaDistance extends Distance {
  sameSizeAsPhoto: boolean;
}

/**
 * How far alpha is from a reference of Python rembg's. That rounds down, so that its value stands for all up to the next
 * one, and full alpha is 254 there: what lies between the two is no error.
 */
export function distanceToReference(alpha: Buffer, reference: Buffer): Distance {
  let [error, both, either] = [0, 0, 0];
  for (const [index, value] of alpha.entries()) {
    const wanted = reference[index] ?? 0;
    error += Math.max(0, wanted - value, value - wanted - 1);
    if (value > 127 && wanted > 127) both += 1;
    if (value > 127 || wanted > 127) either += 1;
  }
  return { meanError: error / alpha.length / 255, overlap: either === 0 ? 1 : both / either };
}

/** Measures a cutout's alpha channel against a reference matte, an 8-bit grey picture of the photo's size. */
export async function compareAlpha(cutout: string, reference: string, photo: string): Promise<AlphaDistance> {
  const alpha = await sharp(cutout).extractChannel('alpha').raw().toBuffer({ resolveWithObject: true });
  const truth = await sharp(reference).toColourspace('b-w').extractChannel(0).raw().toBuffer();
  const { width, height } = await sharp(photo).metadata();
  return {
    sameSizeAsPhoto: alpha.info.width === width && alpha.info.height === height && truth.length === alpha.data.length,
    ...distanceToReference(alpha.data, truth),
  };
}
