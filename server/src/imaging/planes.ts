import sharp, { type Sharp } from 'sharp';
import type { Layer, Plane } from './raster';

/** Ways between this project's planes and sharp's pictures. */

type Sides = { width: number; height: number };

export function fromPlane({ width, height, data }: Plane): Sharp {
  return sharp(data, { raw: { width, height, channels: 1 }, limitInputPixels: false }).toColourspace('b-w');
}

export function fromRgb(rgb: Buffer, { width, height }: Sides): Sharp {
  return sharp(rgb, { raw: { width, height, channels: 3 }, limitInputPixels: false });
}

/** For encoding only: sharp joins the alpha after every other step. */
export function joined({ rgb, alpha, width, height }: Layer): Sharp {
  return fromRgb(rgb, { width, height }).joinChannel(alpha, {
    raw: { width, height, channels: 1 },
    limitInputPixels: false,
  });
}

/** For steps that need colours and alpha together: interleaved pixels of the box of a layer. */
export function interleaved(layer: Layer, box: Sides & { left: number; top: number }): Sharp {
  const { width, height } = box;
  const data = Buffer.allocUnsafe(width * height * 4);
  let to = 0;
  for (let y = box.top; y < box.top + height; y++) {
    let i = y * layer.width + box.left;
    for (let p = i * 3, end = i + width; i < end; i++, p += 3, to += 4) {
      data[to] = layer.rgb[p]!;
      data[to + 1] = layer.rgb[p + 1]!;
      data[to + 2] = layer.rgb[p + 2]!;
      data[to + 3] = layer.alpha[i]!;
    }
  }
  return sharp(data, { raw: { width, height, channels: 4 }, limitInputPixels: false });
}

/** Runs a pipeline of interleaved RGBA and takes its planes apart. */
export async function toLayer(picture: Sharp): Promise<Layer> {
  const { data, info } = await picture.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  return separate(data, info.width, info.height);
}

export async function toPlane(picture: Sharp): Promise<Plane> {
  const { data, info } = await picture.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

/** Planes of interleaved RGBA. The colours move together inside the buffer they came in, which spares a copy. */
export function separate(data: Buffer, width: number, height: number): Layer {
  const pixels = width * height;
  const alpha = Buffer.allocUnsafe(pixels);
  for (let i = 0, from = 0, to = 0; i < pixels; i++, from += 4, to += 3) {
    data[to] = data[from]!;
    data[to + 1] = data[from + 1]!;
    data[to + 2] = data[from + 2]!;
    alpha[i] = data[from + 3]!;
  }
  return { width, height, rgb: data.subarray(0, pixels * 3), alpha };
}

/** Black where nothing is seen: hidden colours would survive in a file and show up when somebody edits it. In place. */
export function clearHidden({ rgb, alpha }: Layer): void {
  for (let i = 0, p = 0; i < alpha.length; i++, p += 3) {
    if (alpha[i] === 0) rgb[p] = rgb[p + 1] = rgb[p + 2] = 0;
  }
}
