import { cubic, interpolate, type Kernel } from './interpolate';
import type { Box } from './picture';
import type { Layer, Size } from './raster';

/** Interleaved 8-bit samples at a larger size. `window` may lie between pixels, see `interpolate`. */
export function enlargeSamples(
  samples: Buffer,
  from: Size,
  to: Size,
  { channels = 1, kernel = cubic, window }: { channels?: number; kernel?: Kernel; window?: Box } = {},
): Buffer {
  const out = Buffer.allocUnsafe(to.width * to.height * channels);
  const length = from.width * channels;
  interpolate({
    from,
    to,
    channels,
    kernel,
    ...(window ? { window } : {}),
    read: (row, y) => row.fill(samples.subarray(y * length, (y + 1) * length)),
    write: (row, y) => void out.set(row.toBytes(), y * to.width * channels),
  });
  return out;
}

/** The crop of a layer at a larger size, colours weighted by alpha. Lanczos would ring around its edges. */
export function enlargeLayer(layer: Layer, crop: Box, { width, height }: Size): Layer {
  const rgb = Buffer.alloc(width * height * 3);
  const alpha = Buffer.alloc(width * height);
  interpolate({
    from: crop,
    to: { width, height },
    channels: 4,
    kernel: cubic,
    read: (row, y) => premultiply(row.values, layer, (crop.top + y) * layer.width + crop.left),
    write: (row, y) => straighten(row.values, rgb, alpha, y * width),
  });
  return { width, height, rgb, alpha };
}

function premultiply(row: Float32Array, { rgb, alpha }: Layer, from: number): void {
  for (let p = 0, i = from; p < row.length; p += 4, i++) {
    const a = alpha[i]!;
    const weight = a / 255;
    row[p] = rgb[i * 3]! * weight;
    row[p + 1] = rgb[i * 3 + 1]! * weight;
    row[p + 2] = rgb[i * 3 + 2]! * weight;
    row[p + 3] = a;
  }
}

function straighten(row: Float32Array, rgb: Buffer, alpha: Buffer, to: number): void {
  for (let p = 0, i = to; p < row.length; p += 4, i++) {
    const weight = row[p + 3]!;
    if (weight < 0.5) continue;
    alpha[i] = Math.min(255, weight + 0.5);
    for (let c = 0; c < 3; c++) {
      const value = (row[p + c]! * 255) / weight;
      rgb[i * 3 + c] = value <= 0 ? 0 : Math.min(255, value + 0.5);
    }
  }
}
