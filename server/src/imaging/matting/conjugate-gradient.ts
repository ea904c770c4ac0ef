import { OWN, ROW } from './laplacian';

/** Rows of the matting Laplacian for the pixels of a band, and what pulls each of them to a known alpha. */
export interface System {
  width: number;
  /** Places of the band's pixels in the picture, ascending. */
  pixels: Int32Array;
  rows: Float32Array;
  weights: Float32Array;
  targets: Float32Array;
}

/** Pixels that a vector has before and after the picture's, so that a row at its border reads zeros. */
export const padding = (width: number): number => 2 * width + 2;

/** Rows times a vector of the picture's size, plus the weights' part. */
function apply(result: Float32Array, { width, pixels, rows, weights }: System, vector: Float32Array): void {
  // The padding of `vector` is just what a row reaches up and left.
  for (let u = 0, k = 0; u < pixels.length; u++, k += ROW) {
    let at = pixels[u]!;
    let sum = weights[u]! * vector[at + 2 * width + 2]!;
    for (let r = k; r < k + ROW; r += 5, at += width)
      sum +=
        rows[r]! * vector[at]! +
        rows[r + 1]! * vector[at + 1]! +
        rows[r + 2]! * vector[at + 2]! +
        rows[r + 3]! * vector[at + 3]! +
        rows[r + 4]! * vector[at + 4]!;
    result[u] = sum;
  }
}

/**
 * Improves `alpha` (padded, 0…1) in the band by some steps of the conjugate gradient method with Jacobi's
 * preconditioner; all pixels outside of the band stay what they are.
 */
export function improve(alpha: Float32Array, system: System, steps: number): void {
  const { width, pixels, rows, weights, targets } = system;
  const pad = padding(width);
  const count = pixels.length;
  const rest = new Float32Array(count);
  const product = new Float32Array(count);
  const direction = new Float32Array(alpha.length);
  const scaled = (u: number): number => rest[u]! / (rows[u * ROW + OWN]! + weights[u]!);

  apply(product, system, alpha);
  let size = 0;
  for (let u = 0; u < count; u++) {
    rest[u] = weights[u]! * targets[u]! - product[u]!;
    direction[pixels[u]! + pad] = scaled(u);
    size += rest[u]! * scaled(u);
  }
  for (let step = 0; step < steps && size > 0; step++) {
    apply(product, system, direction);
    let along = 0;
    for (let u = 0; u < count; u++) along += direction[pixels[u]! + pad]! * product[u]!;
    // Rounding has eaten what was left.
    if (!(along > 0)) return;
    let next = 0;
    for (let u = 0; u < count; u++) {
      alpha[pixels[u]! + pad]! += (size / along) * direction[pixels[u]! + pad]!;
      rest[u]! -= (size / along) * product[u]!;
      next += rest[u]! * scaled(u);
    }
    for (let u = 0; u < count; u++) {
      const at = pixels[u]! + pad;
      direction[at] = scaled(u) + (next / size) * direction[at]!;
    }
    size = next;
  }
}
