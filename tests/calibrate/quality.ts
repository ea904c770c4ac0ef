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

export interface Rated {
  name: string;
  /** Not learnt from. */
  kept: boolean;
  /** From the matte in full precision. */
  distance: Distance;
  /** How far another resize kernel moves the matte in full precision. */
  floor: Distance;
}

type Mattes = Record<'truth' | 'floor' | 'matte', { data: Buffer }>;

export function rated(name: string, kept: boolean, { truth, floor, matte }: Mattes): Rated {
  return { name, kept, distance: distanceOf(matte.data, truth.data), floor: distanceOf(floor.data, truth.data) };
}

const figures = ({ mae, iou }: Distance): string => `${mae.toFixed(4)}  ${iou.toFixed(4)}`;

/** A line for each picture and one for all. */
export function summary(results: readonly Rated[]): string {
  const width = Math.max(...results.map(({ name }) => name.length), 8);
  const lines = results.map(
    ({ name, kept, distance, floor }) =>
      `${name.padEnd(width)}  ${figures(distance)}   ${figures(floor)}${kept ? '  kept' : ''}`,
  );
  const mean = (of: (one: Rated) => number): number => results.reduce((sum, one) => sum + of(one), 0) / results.length;
  const below = (iou: number): number => results.filter(({ distance }) => distance.iou < iou).length;
  return [
    `${''.padEnd(width)}  8 bits: MAE, IoU   other kernel: MAE, IoU`,
    ...lines,
    `mean MAE ${mean(({ distance }) => distance.mae).toFixed(4)}, of the other kernel ` +
      `${mean(({ floor }) => floor.mae).toFixed(4)}; IoU below 0.97: ${below(0.97)}, below 0.95: ${below(0.95)} ` +
      `of ${results.length}`,
  ].join('\n');
}
