/** How an alpha value is predicted from its neighbours; the number is the one the ALPH chunk names (RFC 9649, 2.7.1.2). */
export const FILTERS = { none: 0, horizontal: 1, gradient: 3 } as const;
export type Filter = keyof typeof FILTERS;

/** Differences from the prediction, modulo 256, of whole rows. `above` is the row over the first, if any. */
export function residuals(alpha: Uint8Array, width: number, height: number, filter: Filter): Uint8Array {
  if (filter === 'none') return alpha;
  const out = new Uint8Array(alpha.length);
  for (let y = 0; y < height; y++) residualRow(alpha, out, y * width, width, filter === 'gradient');
  return out;
}

function residualRow(alpha: Uint8Array, out: Uint8Array, start: number, width: number, gradient: boolean): void {
  // The first pixel of a row is predicted from the one above it, the very first from nothing.
  let left = start === 0 ? 0 : alpha[start - width]!;
  const end = start + width;
  if (!gradient || start === 0) {
    for (let i = start; i < end; i++) {
      const value = alpha[i]!;
      out[i] = value - left;
      left = value;
    }
    return;
  }
  let corner = left;
  for (let i = start; i < end; i++) {
    const value = alpha[i]!;
    const above = alpha[i - width]!;
    const guess = left + above - corner;
    out[i] = value - (guess < 0 ? 0 : guess > 255 ? 255 : guess);
    left = value;
    corner = above;
  }
}
