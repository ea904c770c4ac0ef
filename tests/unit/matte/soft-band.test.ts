import fc from 'fast-check';
import { CLEAR, grow, SOLID, softBand } from '../../../server/src/imaging/soft-band';

const planes = fc
  .record({
    width: fc.integer({ min: 1, max: 12 }),
    height: fc.integer({ min: 1, max: 12 }),
    reach: fc.integer({ min: 1, max: 4 }),
  })
  .chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      data: fc.array(fc.constantFrom(0, 1, 128, 254, 255), {
        minLength: shape.width * shape.height,
        maxLength: shape.width * shape.height,
      }),
    }),
  );

/** All values within `reach`, the slow way. */
function around(data: number[], width: number, height: number, at: number, reach: number): number[] {
  const [x, y] = [at % width, Math.floor(at / width)];
  return data.filter((_, j) => Math.abs((j % width) - x) <= reach && Math.abs(Math.floor(j / width) - y) <= reach);
}

describe('soft band', () => {
  test('holds exactly the pixels that see anything but one of background and subject within reach', () => {
    fc.assert(
      fc.property(planes, ({ shape: { width, height, reach }, data }) => {
        const band = softBand({ width, height, data: Buffer.from(data) }, reach);
        const expected = data.map((_, i) => {
          const near = around(data, width, height, i, reach);
          return near.some((value) => value > CLEAR) && near.some((value) => value < SOLID) ? 1 : 0;
        });
        expect([...band]).toEqual(expected);
      }),
    );
  });

  test('grows a mask by a square', () => {
    fc.assert(
      fc.property(planes, ({ shape: { width, height, reach }, data }) => {
        const mask = data.map((value) => (value > 127 ? 1 : 0));
        const grown = grow(Uint8Array.from(mask), width, height, reach);
        expect([...grown]).toEqual(mask.map((_, i) => Math.max(...around(mask, width, height, i, reach))));
      }),
    );
  });
});
