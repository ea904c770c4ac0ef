import { postprocess } from '../../../server/src/engines/local/postprocess';

type Output = { activation: 'none' | 'sigmoid'; normalise: boolean };

const made = (values: number[], output: Output) =>
  postprocess(Float32Array.from(values), values.length, 1, { ...output, leastPeak: null });

const matte = (values: number[], output: Output) => [...made(values, output).matte.data];

describe('postprocess', () => {
  test('0…1 becomes 0…255, rounded; what lies outside is cut off', () => {
    expect(matte([-0.5, 0, 0.1, 0.5, 1, 7], { activation: 'none', normalise: false })).toEqual([
      0, 0, 26, 128, 255, 255,
    ]);
  });

  test('normalise stretches the smallest value to 0 and the largest to 255', () => {
    expect(matte([2, 3, 4], { activation: 'none', normalise: true })).toEqual([0, 128, 255]);
  });

  test('normalise leaves a flat answer as it is: nothing found stays nothing', () => {
    expect(matte([0.001, 0.0012, 0.0011], { activation: 'none', normalise: true })).toEqual([0, 0, 0]);
  });

  test('sigmoid comes before the stretch', () => {
    expect(matte([-20, 0, 20], { activation: 'sigmoid', normalise: false })).toEqual([0, 128, 255]);
    expect(matte([0, 20], { activation: 'sigmoid', normalise: true })).toEqual([0, 255]);
  });

  test('the peak is the largest value before the stretch, and after the sigmoid', () => {
    expect(made([0, 0.1, NaN], { activation: 'none', normalise: true }).peak).toBeCloseTo(0.1, 6);
    expect(made([-20, 0], { activation: 'sigmoid', normalise: true }).peak).toBeCloseTo(0.5, 6);
  });

  test('a value that is no number counts as background', () => {
    expect(matte([NaN, 1], { activation: 'none', normalise: true })).toEqual([0, 255]);
  });
});
