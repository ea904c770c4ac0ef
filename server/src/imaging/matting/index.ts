import type { Plane } from '../raster';
import { CLEAR, SOLID } from '../soft-band';
import { AROUND, colourLine } from './colour-line';
import { solve, type System } from './solver';

export { AROUND };

/** How strongly the network's matte holds against what the windows say. */
const HOLD = 0.01;
/** How much more than the network's matte the colours hold, where they are trusted altogether. */
const BY_COLOUR = 20;
/** Steps of the solver: from the network's matte on, the error falls by half of all it ever will in the first ten. */
const STEPS = 12;
/** A matte that is soft in so large a part of the picture is no edge, and the solver would ask for 100 bytes per pixel. */
const MOST = 0.5;

/**
 * Alpha up to which, and from 255 less which, a pixel is not solved: 2 %. The haze a network leaves there is a third of all
 * soft pixels, and solving it gains nothing that can be measured.
 */
const SURE = 5;

/** Places of the pixels to solve. */
function softPixels({ data }: Plane): Int32Array {
  let count = 0;
  for (let i = 0; i < data.length; i++) if (data[i]! > SURE && data[i]! < 255 - SURE) count++;
  const pixels = new Int32Array(count);
  for (let i = 0, u = 0; i < data.length; i++) if (data[i]! > SURE && data[i]! < 255 - SURE) pixels[u++] = i;
  return pixels;
}

function buildSystem(matte: Plane, rgb: Uint8Array, pixels: Int32Array): System {
  const { alpha, trust } = colourLine(matte, rgb, pixels);
  const weights = new Float32Array(pixels.length);
  const targets = new Float32Array(pixels.length);
  for (let u = 0; u < pixels.length; u++) {
    const byColour = BY_COLOUR * trust[u]!;
    weights[u] = HOLD * (1 + byColour);
    targets[u] = (matte.data[pixels[u]!]! / 255 + byColour * alpha[u]!) / (1 + byColour);
  }
  return { matte, rgb, pixels, weights, targets };
}

/**
 * A network's matte made sharp along the picture's own edges: in its soft band alone, closed-form matting with the matte
 * and the colours on both sides as priors. `rgb` is the picture at the matte's size. Measured in tests/bench/EDGES.md.
 */
export function solveBand(matte: Plane, rgb: Uint8Array): Plane {
  const { width, height, data } = matte;
  const pixels = softPixels(matte);
  if (pixels.length === 0 || pixels.length > MOST * data.length) return matte;
  const alpha = solve(buildSystem(matte, rgb, pixels), STEPS);
  const solved = Buffer.from(data);
  for (let u = 0; u < pixels.length; u++) {
    const value = alpha[u]! * 255 + 0.5;
    solved[pixels[u]!] = value < CLEAR + 1 ? 0 : value >= SOLID ? 255 : value | 0;
  }
  return { width, height, data: solved };
}
