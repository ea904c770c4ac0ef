import type { Raster } from './raster';

/**
 * The full-size pixels that one pixel of a small plane covers, along one axis: pairs [first, past the last). Rounded to
 * the nearest, since rounding down would move all cells, and with them every edge, half a pixel.
 */
function spans(small: number, full: number): Int32Array {
  const edges = new Int32Array(2 * small);
  for (let i = 0; i < small; i++) {
    const first = Math.min(full - 1, Math.round((i * full) / small));
    edges[2 * i] = first;
    edges[2 * i + 1] = Math.max(first + 1, Math.round(((i + 1) * full) / small));
  }
  return edges;
}

/** Mean colour of the picture under each wanted pixel of a small plane; interleaved RGB, black elsewhere. */
export function cellMeans(raster: Raster, width: number, height: number, wanted: Uint8Array): Uint8Array {
  const columns = spans(width, raster.width);
  const rows = spans(height, raster.height);
  const { rgb } = raster;
  const means = new Uint8Array(3 * width * height);
  for (let y = 0, i = 0; y < height; y++) {
    const top = rows[2 * y]!;
    const bottom = rows[2 * y + 1]!;
    for (let x = 0; x < width; x++, i++) {
      if (wanted[i] === 0) continue;
      const left = columns[2 * x]!;
      const right = columns[2 * x + 1]!;
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let row = top; row < bottom; row++) {
        const base = row * raster.width;
        for (let p = (base + left) * 3, end = (base + right) * 3; p < end; p += 3) {
          red += rgb[p]!;
          green += rgb[p + 1]!;
          blue += rgb[p + 2]!;
        }
      }
      const share = 1 / ((bottom - top) * (right - left));
      means[3 * i] = red * share + 0.5;
      means[3 * i + 1] = green * share + 0.5;
      means[3 * i + 2] = blue * share + 0.5;
    }
  }
  return means;
}
