import fc from 'fast-check';
import { fromHalf, toHalf } from '../../../server/src/engines/local/half';

const known: [number, number][] = [
  [0, 0x0000],
  [-0, 0x8000],
  [1, 0x3c00],
  [-2, 0xc000],
  [0.5, 0x3800],
  [1 / 3, 0x3555],
  [65504, 0x7bff],
  [65520, 0x7c00],
  [Infinity, 0x7c00],
  [-Infinity, 0xfc00],
  [2 ** -14, 0x0400],
  [2 ** -24, 0x0001],
  [2 ** -25, 0x0000],
  [3 * 2 ** -25, 0x0002],
];

describe('half precision', () => {
  test.each(known)('%d has the bits of IEEE 754', (value, bits) => {
    expect(toHalf(Float32Array.of(value))[0]).toBe(bits);
  });

  test('NaN stays NaN', () => {
    expect(fromHalf(toHalf(Float32Array.of(NaN)))[0]).toBeNaN();
  });

  test('every half survives the way to float and back', () => {
    const all = Uint16Array.from({ length: 65536 }, (_, bits) => bits);
    const back = toHalf(fromHalf(all));
    const wrong = all.filter((bits) => back[bits] !== bits && !Number.isNaN(fromHalf(Uint16Array.of(bits))[0]!));
    expect([...wrong]).toEqual([]);
  });

  test('rounding is to the nearest: no half lies closer', () => {
    fc.assert(
      fc.property(fc.float({ min: -60000, max: 60000, noNaN: true }), (value) => {
        const [bits] = toHalf(Float32Array.of(value)) as unknown as [number];
        const error = (candidate: number) => Math.abs(fromHalf(Uint16Array.of(candidate))[0]! - value);
        expect(error(bits)).toBeLessThanOrEqual(Math.min(error(bits ^ 1), error((bits + 1) & 0xffff)));
      }),
    );
  });
});
