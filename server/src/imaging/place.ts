import type { Box } from './picture';
import type { Plan } from './geometry';
import type { Layer, Plane, Size } from './raster';
import { resampleLayer, resamplePlane, sameSize } from './resample';

/** Whether a plan changes nothing of a picture of that size. */
export function isIdentity({ crop, place, canvas }: Plan, source: Size): boolean {
  return [crop, place, canvas].every(({ width, height }) => width === source.width && height === source.height);
}

/** Cuts, scales (colours weighted by alpha) and puts a layer on its canvas. The result's buffers are new. */
export async function placeLayer(layer: Layer, { crop, place, canvas }: Plan): Promise<Layer> {
  const scaled = sameSize(crop, place) ? cropLayer(layer, crop) : await resampleLayer(layer, crop, place);
  return embedLayer(scaled, canvas, place.left, place.top);
}

export async function placePlane(plane: Plane, { crop, place, canvas }: Plan): Promise<Plane> {
  const part = { ...cropSize(crop), data: cropRows(plane.data, plane.width, crop, 1) };
  const scaled = sameSize(crop, place) ? part : await resamplePlane(part, place);
  return embedPlane(scaled, canvas, place.left, place.top);
}

/** A layer on a larger or smaller canvas; offsets may be negative, then it is cut. */
export function embedLayer(layer: Layer, canvas: Size, left: number, top: number): Layer {
  if (sameSize(layer, canvas)) return layer;
  return {
    ...canvas,
    rgb: embedRows(layer.rgb, layer, canvas, left, top, 3),
    alpha: embedRows(layer.alpha, layer, canvas, left, top, 1),
  };
}

export function embedPlane(plane: Plane, canvas: Size, left: number, top: number): Plane {
  if (sameSize(plane, canvas)) return plane;
  return { ...canvas, data: embedRows(plane.data, plane, canvas, left, top, 1) };
}

const cropSize = ({ width, height }: Size): Size => ({ width, height });

function cropLayer(layer: Layer, crop: Box): Layer {
  return {
    ...cropSize(crop),
    rgb: cropRows(layer.rgb, layer.width, crop, 3),
    alpha: cropRows(layer.alpha, layer.width, crop, 1),
  };
}

function cropRows(data: Buffer, stride: number, { left, top, width, height }: Box, channels: number): Buffer {
  const out = Buffer.allocUnsafe(width * height * channels);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * stride + left) * channels;
    data.copy(out, y * width * channels, from, from + width * channels);
  }
  return out;
}

function embedRows(data: Buffer, from: Size, to: Size, left: number, top: number, channels: number): Buffer {
  const out = Buffer.alloc(to.width * to.height * channels);
  const start = Math.max(0, left);
  const columns = Math.min(to.width, left + from.width) - start;
  if (columns <= 0) return out;
  for (let y = Math.max(0, top); y < Math.min(to.height, top + from.height); y++) {
    const source = ((y - top) * from.width + (start - left)) * channels;
    data.copy(out, (y * to.width + start) * channels, source, source + columns * channels);
  }
  return out;
}
