import { boxBlur } from '../box-blur';
import type { Plane } from '../raster';
import { grow } from '../soft-band';

/**
 * Alpha as the colours alone would have it: a pixel's place on the line from the background's mean colour around it to
 * the subject's, as in sampling-based matting (J. Wang, M. Cohen: "Optimized Color Sampling for Robust Matting", CVPR
 * 2007). Between strands of hair, where a network's matte is a grey mist, it tells strand from background.
 */
export interface ColourLine {
  /** 0…1, for each pixel of the band. */
  alpha: Float32Array;
  /** 0…1, how far apart the two colours are, and how near the pixel is to their line. */
  trust: Float32Array;
}

/** Sides of a cell in pixels, and radius in cells of the window whose means are taken. */
const CELL = 4;
const RADIUS = 5;
/** So many pixels around the band are looked at. */
export const AROUND = (RADIUS + 1) * CELL;
/** Of each side: weight, weighted R, G, B, and weighted R² + G² + B². */
const SIDE = 5;
const SUMS = 2 * SIDE;
/** Weight of an alpha in its side's means: only pixels that the network is nearly sure of say what the side looks like. */
const PURITY = Float64Array.from({ length: 256 }, (_, alpha) => (alpha / 255) ** 6);
/** Less than one pixel's weight of a side says nothing of it. */
const ENOUGH = 1;
/** Variance, in squared 8-bit steps over the three channels, that compression and the sensor add to any colour. */
const NOISE = 100;
/** Squared distance over variance at which two colours are half trusted to be told apart. */
const HALF_TRUSTED = 4;
/** How much more a pixel's distance from the line counts than the line's length. */
const OFF_LINE = 4;

interface Cells {
  columns: number;
  rows: number;
  sums: Float32Array;
}

function addPixel(sums: Float32Array, at: number, weight: number, rgb: Uint8Array, p: number): void {
  if (weight === 0) return;
  const red = rgb[p]!;
  const green = rgb[p + 1]!;
  const blue = rgb[p + 2]!;
  sums[at]! += weight;
  sums[at + 1]! += weight * red;
  sums[at + 2]! += weight * green;
  sums[at + 3]! += weight * blue;
  sums[at + 4]! += weight * (red * red + green * green + blue * blue);
}

/** Cells whose window a pixel of the band asks for. */
function wantedCells(pixels: Int32Array, width: number, columns: number, rows: number): Uint8Array {
  const marks = new Uint8Array(columns * rows);
  for (let u = 0; u < pixels.length; u++) {
    const i = pixels[u]!;
    const y = Math.floor(i / width);
    marks[Math.floor(y / CELL) * columns + Math.floor((i - y * width) / CELL)] = 1;
  }
  return grow(marks, columns, rows, RADIUS);
}

function windowSums(matte: Plane, rgb: Uint8Array, pixels: Int32Array): Cells {
  const { width, height, data } = matte;
  const columns = Math.ceil(width / CELL);
  const rows = Math.ceil(height / CELL);
  const wanted = wantedCells(pixels, width, columns, rows);
  const sums = new Float32Array(columns * rows * SUMS);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / CELL) * columns;
    for (let column = 0; column < columns; column++) {
      if (wanted[row + column] === 0) continue;
      const at = (row + column) * SUMS;
      const end = y * width + Math.min(width, (column + 1) * CELL);
      for (let i = y * width + column * CELL; i < end; i++) {
        const alpha = data[i]!;
        addPixel(sums, at, PURITY[alpha]!, rgb, 3 * i);
        addPixel(sums, at + SIDE, PURITY[255 - alpha]!, rgb, 3 * i);
      }
    }
  }
  return { columns, rows, sums: boxBlur(sums, { columns, rows }, SUMS, RADIUS) };
}

/** Sum of the channels' variances of one side of a window. */
function variance(sums: Float32Array, at: number): number {
  const share = 1 / sums[at]!;
  const squares = (sums[at + 1]! ** 2 + sums[at + 2]! ** 2 + sums[at + 3]! ** 2) * share ** 2;
  return Math.max(0, sums[at + 4]! * share - squares);
}

/** Writes one pixel's alpha and trust from the two sides of its window, whose sums begin at `at`. */
function placeOnLine(line: ColourLine, u: number, sums: Float32Array, at: number, rgb: Uint8Array, p: number): void {
  let [length, along, off] = [NOISE / 100, 0, 0];
  for (let c = 1; c <= 3; c++) {
    const back = sums[at + SIDE + c]! / sums[at + SIDE]!;
    const step = sums[at + c]! / sums[at]! - back;
    const away = rgb[p + c - 1]! - back;
    length += step * step;
    along += away * step;
    off += away * away;
  }
  const place = Math.min(1, Math.max(0, along / length));
  off = Math.max(0, off - 2 * place * along + place * place * length);
  const apart = length / (variance(sums, at) + variance(sums, at + SIDE) + NOISE);
  const score = (apart * length) / (length + OFF_LINE * off);
  line.alpha[u] = place;
  line.trust[u] = score / (score + HALF_TRUSTED);
}

/** Alpha by colour for the pixels of a band, given by their places in the matte. `rgb` has the matte's size. */
export function colourLine(matte: Plane, rgb: Uint8Array, pixels: Int32Array): ColourLine {
  const { width } = matte;
  const { columns, sums } = windowSums(matte, rgb, pixels);
  const line = { alpha: new Float32Array(pixels.length), trust: new Float32Array(pixels.length) };
  for (let u = 0; u < pixels.length; u++) {
    const i = pixels[u]!;
    const y = Math.floor(i / width);
    const at = (Math.floor(y / CELL) * columns + Math.floor((i - y * width) / CELL)) * SUMS;
    if (sums[at]! >= ENOUGH && sums[at + SIDE]! >= ENOUGH) placeOnLine(line, u, sums, at, rgb, 3 * i);
  }
  return line;
}
