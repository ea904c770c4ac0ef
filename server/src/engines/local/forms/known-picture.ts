/**
 * A picture that every machine draws alike, bit by bit: a shaded ball with a shadow before a plain wall. What the network
 * makes of it in full precision is known from the recipe.
 */
export function knownPicture(width: number, height: number): Buffer {
  const rgb = Buffer.alloc(width * height * 3);
  const [cx, cy, radius] = [width / 2, height * 0.48, height * 0.27];
  for (let y = 0, p = 0; y < height; y++) {
    for (let x = 0; x < width; x++, p += 3) {
      const [dx, dy] = [(x - cx) / radius, (y - cy) / radius];
      const wall = 214 - (44 * y) / height;
      const light = 1 - 0.3 * ((dx + 0.5) ** 2 + (dy + 0.6) ** 2);
      const shade = (dx * 0.9) ** 2 + ((dy - 1.05) * 4) ** 2;
      const isBall = dx * dx + dy * dy < 1;
      const dark = shade < 1 ? 0.55 + 0.45 * shade : 1;
      rgb[p] = isBall ? Math.max(40, 225 * light) : wall * dark;
      rgb[p + 1] = isBall ? Math.max(12, 96 * light) : wall * dark * 0.98;
      rgb[p + 2] = isBall ? Math.max(10, 52 * light) : wall * dark * 0.93;
    }
  }
  return rgb;
}

/** Cells along each side of the matte that a recipe keeps. */
export const KNOWN_SIDE = 32;

/** The matte's mean by cell, a byte each. */
export function cells(matte: { width: number; height: number; data: Buffer }): Buffer {
  const sums = new Float64Array(KNOWN_SIDE ** 2);
  const counts = new Float64Array(KNOWN_SIDE ** 2);
  for (let y = 0, i = 0; y < matte.height; y++)
    for (let x = 0; x < matte.width; x++, i++) {
      const row = Math.floor((y * KNOWN_SIDE) / matte.height);
      const cell = row * KNOWN_SIDE + Math.floor((x * KNOWN_SIDE) / matte.width);
      sums[cell]! += matte.data[i]!;
      counts[cell]!++;
    }
  return Buffer.from(sums.map((sum, cell) => Math.round(sum / counts[cell]!)));
}

/** Mean distance of two rows of cells, 0…1. */
export function distance(one: Buffer, other: Buffer): number {
  let sum = 0;
  for (let i = 0; i < one.length; i++) sum += Math.abs(one[i]! - (other[i] ?? 0));
  return sum / one.length / 255;
}
