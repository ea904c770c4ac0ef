/** From so many pixels on, a picture's dropped buffers are given back at once and not when V8 comes round to it. */
const COLLECT_FROM_PIXELS = 20e6;

/** The pool starts its children with --expose-gc; elsewhere this does nothing. */
export function dropUnused(pixels: number): void {
  if (pixels >= COLLECT_FROM_PIXELS) globalThis.gc?.();
}
