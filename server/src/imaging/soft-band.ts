import type { Plane } from './raster';

/** Alpha up to which a matte says "background", and from which it says "subject": the noise of a network's output. */
export const CLEAR = 2;
export const SOLID = 253;

const SEEN = 1;
const UNSEEN = 2;
const BOTH = SEEN | UNSEEN;

/** ORs every row with its neighbours above and below, up to `reach` away. */
function spreadDown(marks: Uint8Array, width: number, height: number, reach: number): Uint8Array {
  const spread = new Uint8Array(marks);
  for (let dy = 1; dy <= reach; dy++) {
    const shift = dy * width;
    const shared = (height - dy) * width;
    for (let i = 0; i < shared; i++) {
      spread[i]! |= marks[i + shift]!;
      spread[i + shift]! |= marks[i]!;
    }
  }
  return spread;
}

/** ORs every mark with its neighbours left and right, up to `reach` away. */
function spreadAcross(marks: Uint8Array, width: number, height: number, reach: number): Uint8Array {
  const spread = new Uint8Array(marks);
  for (let y = 0; y < height; y++) {
    const end = (y + 1) * width;
    for (let dx = 1; dx <= reach; dx++)
      for (let i = y * width, j = i + dx; j < end; i++, j++) {
        spread[i]! |= marks[j]!;
        spread[j]! |= marks[i]!;
      }
  }
  return spread;
}

/**
 * Where a matte is undecided: 1 for every pixel that is soft, or that has both background and subject within `reach`
 * pixels; 0 where all around is one or the other, so that nothing needs to be estimated there.
 */
export function softBand(matte: Plane, reach: number): Uint8Array {
  const { width, height, data } = matte;
  const marks = new Uint8Array(width * height);
  for (let i = 0; i < marks.length; i++) {
    const alpha = data[i]!;
    marks[i] = alpha <= CLEAR ? UNSEEN : alpha >= SOLID ? SEEN : BOTH;
  }
  const band = spreadAcross(spreadDown(marks, width, height, reach), width, height, reach);
  for (let i = 0; i < band.length; i++) band[i] = band[i] === BOTH ? 1 : 0;
  return band;
}

/** A mask of 0 and 1 grown by `reach` pixels, as a square. */
export function grow(mask: Uint8Array, width: number, height: number, reach: number): Uint8Array {
  return spreadAcross(spreadDown(mask, width, height, reach), width, height, reach);
}
