/** Distance of two mattes of the same size. */
export interface Distance {
  /** Mean absolute error, 0…1. */
  mae: number;
  /** Of what lies above an alpha of 0.5; 1 where both are empty. */
  iou: number;
}

export function distanceOf(one: Buffer, other: Buffer): Distance {
  let [error, both, either] = [0, 0, 0];
  for (let i = 0; i < one.length; i++) {
    error += Math.abs(one[i]! - other[i]!);
    const [a, b] = [one[i]! > 127, other[i]! > 127];
    if (a && b) both++;
    if (a || b) either++;
  }
  return { mae: error / one.length / 255, iou: either === 0 ? 1 : both / either };
}
