/**
 * The matting Laplacian (A. Levin, D. Lischinski, Y. Weiss: "A Closed-Form Solution to Natural Image Matting", TPAMI
 * 30(2), 2008, eq. 12) of the 3 × 3 windows around a band: small for an alpha that is, in each window, a linear function
 * of the colour.
 */

/** A pixel's row holds the 5 × 5 pixels around it, row by row; the middle one is its own. */
export const ROW = 25;
export const OWN = 12;

/**
 * Regularisation, in squared 8-bit steps (1e-4 of the range squared): what a window's colours differ by less is taken for
 * noise. The paper's 1e-7 is for uncompressed pictures; this is what JPEG of quality 30 to 92 does best with.
 */
const EPSILON = 1e-4 * 255 ** 2;
const WINDOW = 9;

/** Offsets in a 3 × 3 window, for both axes. */
const DX = Int8Array.from({ length: WINDOW }, (_, k) => (k % 3) - 1);
const DY = Int8Array.from({ length: WINDOW }, (_, k) => Math.floor(k / 3) - 1);

/** Reads a window's colours less their mean into `centred`, and the same times the inverse covariance into `scaled`. */
function whiten(centred: Float64Array, scaled: Float64Array, rgb: Uint8Array, centre: number, width: number): void {
  let [red, green, blue] = [0, 0, 0];
  for (let k = 0, q = 0; k < WINDOW; k++, q += 3) {
    const p = 3 * (centre + DY[k]! * width + DX[k]!);
    red += centred[q] = rgb[p]!;
    green += centred[q + 1] = rgb[p + 1]!;
    blue += centred[q + 2] = rgb[p + 2]!;
  }
  let [rr, rg, rb, gg, gb, bb] = [EPSILON, 0, 0, EPSILON, 0, EPSILON];
  for (let q = 0; q < 3 * WINDOW; q += 3) {
    const r = (centred[q]! -= red / WINDOW);
    const g = (centred[q + 1]! -= green / WINDOW);
    const b = (centred[q + 2]! -= blue / WINDOW);
    rr += r * r;
    rg += r * g;
    rb += r * b;
    gg += g * g;
    gb += g * b;
    bb += b * b;
  }
  // Inverse of the symmetric 3 × 3 matrix by cofactors; EPSILON keeps it positive definite.
  const c00 = gg * bb - gb * gb;
  const c01 = rb * gb - rg * bb;
  const c02 = rg * gb - rb * gg;
  const c11 = rr * bb - rb * rb;
  const c12 = rg * rb - rr * gb;
  const c22 = rr * gg - rg * rg;
  const share = 1 / (rr * c00 + rg * c01 + rb * c02);
  for (let q = 0; q < 3 * WINDOW; q += 3) {
    const r = centred[q]! * share;
    const g = centred[q + 1]! * share;
    const b = centred[q + 2]! * share;
    scaled[q] = c00 * r + c01 * g + c02 * b;
    scaled[q + 1] = c01 * r + c11 * g + c12 * b;
    scaled[q + 2] = c02 * r + c12 * g + c22 * b;
  }
}

/** Adds what one window says to the rows of those of its pixels that are in the band. */
function addWindow(
  rows: Float32Array,
  places: Int32Array,
  centred: Float64Array,
  scaled: Float64Array,
  centre: number,
  width: number,
): void {
  for (let k = 0, q = 0; k < WINDOW; k++, q += 3) {
    const place = places[centre + DY[k]! * width + DX[k]!]!;
    if (place === 0) continue;
    const own = (place - 1) * ROW + OWN;
    const corner = own - DY[k]! * 5 - DX[k]!;
    const [a, b, c] = [scaled[q]!, scaled[q + 1]!, scaled[q + 2]!];
    for (let j = 0, s = 0; j < WINDOW; j++, s += 3)
      rows[corner + DY[j]! * 5 + DX[j]!]! -= 1 / WINDOW + a * centred[s]! + b * centred[s + 1]! + c * centred[s + 2]!;
    rows[own]! += 1;
  }
}

/**
 * The rows of the band's pixels. `places` has the picture's size and holds for each pixel of the band its row's number
 * plus one, else 0; `near` is 1 wherever a window has a pixel of the band.
 */
export function laplacianRows(
  rgb: Uint8Array,
  width: number,
  height: number,
  places: Int32Array,
  near: Uint8Array,
  count: number,
): Float32Array {
  const rows = new Float32Array(count * ROW);
  const centred = new Float64Array(3 * WINDOW);
  const scaled = new Float64Array(3 * WINDOW);
  for (let y = 1; y < height - 1; y++)
    for (let i = y * width + 1, end = (y + 1) * width - 1; i < end; i++) {
      if (near[i] === 0) continue;
      whiten(centred, scaled, rgb, i, width);
      addWindow(rows, places, centred, scaled, i, width);
    }
  return rows;
}
