import fc from 'fast-check';
import { boxBlur } from '../../../server/src/imaging/box-blur';

describe('box blur', () => {
  test('sums every channel over the square around each cell, cut off at the borders', () => {
    const cases = fc.record({
      columns: fc.integer({ min: 1, max: 8 }),
      rows: fc.integer({ min: 1, max: 8 }),
      channels: fc.integer({ min: 1, max: 3 }),
      radius: fc.integer({ min: 1, max: 9 }),
      values: fc.infiniteStream(fc.integer({ min: 0, max: 255 })),
    });
    fc.assert(
      fc.property(cases, ({ columns, rows, channels, radius, values }) => {
        const input = Float32Array.from({ length: columns * rows * channels }, () => values.next().value as number);
        const expected = Array.from(input, (_, i) => {
          const [channel, cell] = [i % channels, Math.floor(i / channels)];
          const [x, y] = [cell % columns, Math.floor(cell / columns)];
          let sum = 0;
          for (let row = 0; row < rows; row++)
            for (let column = 0; column < columns; column++)
              if (Math.abs(row - y) <= radius && Math.abs(column - x) <= radius)
                sum += input[(row * columns + column) * channels + channel]!;
          return sum;
        });
        expect([...boxBlur(input, { columns, rows }, channels, radius)]).toEqual(expected);
      }),
    );
  });
});
