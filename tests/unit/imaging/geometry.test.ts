import fc from 'fast-check';
import { requireHoldable } from '../../../server/src/imaging/capacity';
import { planCanvas, rotatedSize, type Plan } from '../../../server/src/imaging/geometry';
import { subjectBox } from '../../../server/src/imaging/subject-box';
import { parseComposeOptions } from '../../../server/src/options';
import type { Box } from '../../../server/src/imaging/picture';

function plan(source: { width: number; height: number }, subject: Box | null, input: unknown): Plan {
  const result = parseComposeOptions(input);
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return planCanvas(source, subject, result.options);
}

const SOURCE = { width: 400, height: 200 };
const SUBJECT: Box = { left: 100, top: 50, width: 100, height: 100 };
const canvas = (input: unknown, subject: Box | null = SUBJECT) => plan(SOURCE, subject, input).canvas;

describe('the canvas', () => {
  test.each([
    [{}, 400, 200],
    [{ w: 100 }, 100, 50],
    [{ h: 100 }, 200, 100],
    [{ w: 100, h: 100 }, 100, 50],
    [{ w: 1000, h: 100 }, 200, 100],
    [{ w: 800 }, 800, 400],
    [{ w: 100, h: 100, exact_resize: true }, 100, 100],
    [{ w: 100, exact_resize: true }, 100, 50],
    [{ h: 1, w: 10000 }, 2, 1],
    [{ trim: true }, 100, 100],
    [{ trim: true, w: 50 }, 50, 50],
    [{ margin: 10 }, 420, 220],
    [{ margin: '10%' }, 480, 240],
    [{ margin: '1px 2px 3px 4px' }, 406, 204],
    [{ trim: true, margin: '10%' }, 120, 120],
    [{ trim: true, margin: '0 50%' }, 200, 100],
    [{ trim: true, margin: 20, w: 100 }, 100, 100],
    [{ margin: 10, w: 100, h: 100, exact_resize: true }, 100, 100],
  ])('%j makes %d × %d', (input, width, height) => {
    expect(canvas(input)).toEqual({ width, height });
  });

  test('without a subject trim, scale and position leave the picture whole', () => {
    const whole = { left: 0, top: 0, ...SOURCE };
    for (const input of [{ trim: true }, { scale: 50 }, { position: 'top' }]) {
      expect(plan(SOURCE, null, input)).toEqual({ crop: whole, place: whole, canvas: SOURCE });
    }
  });
});

describe('the subject in its canvas', () => {
  test.each([
    // 100 × 100 fits into half of 400 × 200 as 100 × 100, centred.
    [{ scale: 50 }, { left: 150, top: 50, width: 100, height: 100 }],
    [{ scale: 100 }, { left: 100, top: 0, width: 200, height: 200 }],
    [
      { scale: 50, position: 'bottom right' },
      { left: 300, top: 100, width: 100, height: 100 },
    ],
    [{ position: 'top left' }, { left: 0, top: 0, width: 100, height: 100 }],
    [{ position: '25% 50%' }, { left: 75, top: 50, width: 100, height: 100 }],
    [
      { scale: 100, margin: '20px' },
      { left: 120, top: 20, width: 200, height: 200 },
    ],
    // A square for a shop: undistorted although the canvas is exact.
    [
      { scale: 80, w: 100, h: 100, exact_resize: true },
      { left: 10, top: 10, width: 80, height: 80 },
    ],
  ])('%j', (input, place) => {
    expect(plan(SOURCE, SUBJECT, input)).toMatchObject({ crop: SUBJECT, place });
  });
});

test('a margin that leaves no room is an error of the options', () => {
  expect(() => canvas({ margin: 50, w: 100 })).toThrow(
    "'margin' or 'shadow' leaves no room for the picture in a result of 100 pixels.",
  );
});

describe('a result that cannot be held is an error of the options', () => {
  test.each([
    [17_000, 10, { format: 'webp' }, '17000 × 10 pixels; webp holds at most 16383 a side and 120 megapixels here'],
    [16_383, 1, { format: 'webp' }, null],
    [17_000, 10, { format: 'png' }, null],
    [10_000, 10_000, { format: 'webp' }, null],
    [10_000, 10_000, { format: 'webp', lossless: true }, 'lossless webp holds at most 16383 a side and 90 megapixels'],
    [10_000, 3_001, { format: 'avif' }, 'avif holds at most 16384 a side and 30 megapixels'],
    [10_000, 10_000, { format: 'jpeg' }, null],
    [12_000, 10_001, { format: 'jpeg' }, 'jpeg holds at most 65500 a side and 120 megapixels'],
  ] as const)('%d × %d as %j', (width, height, output, message) => {
    const attempt = () => requireHoldable({ width, height }, { lossless: false, ...output });
    if (message === null) expect(attempt).not.toThrow();
    else expect(attempt).toThrow(message);
  });

  test('before anything is made of it', () => {
    expect(() => plan({ width: 10_000, height: 10_000 }, null, { margin: '50%' })).toThrow(/20000 × 20000/);
  });
});

describe('for any picture, subject and options', () => {
  /** A flat picture may be enlarged beyond what anything holds; it is refused then, which other tests hold. */
  const planned = (size: { width: number; height: number }, subject: Box, options: object): Plan => {
    try {
      return plan(size, subject, options);
    } catch (error) {
      fc.pre(!/The result would have/.test(String(error)));
      throw error;
    }
  };
  const source = fc.record({ width: fc.integer({ min: 1, max: 6000 }), height: fc.integer({ min: 1, max: 6000 }) });
  const withSubject = source.chain((size) =>
    fc
      .tuple(fc.nat(size.width - 1), fc.nat(size.height - 1))
      .chain(([left, top]) =>
        fc.record({
          left: fc.constant(left),
          top: fc.constant(top),
          width: fc.integer({ min: 1, max: size.width - left }),
          height: fc.integer({ min: 1, max: size.height - top }),
        }),
      )
      .map((subject) => ({ size, subject })),
  );
  const length = fc.oneof(
    fc.nat(20).map((n) => `${n}px`),
    fc.nat(30).map((n) => `${n}%`),
  );
  const target = fc.integer({ min: 60, max: 3000 });
  const input = fc.record(
    {
      w: target,
      h: target,
      exact_resize: fc.boolean(),
      trim: fc.boolean(),
      margin: fc.array(length, { minLength: 4, maxLength: 4 }).map((parts) => parts.join(' ')),
      scale: fc.integer({ min: 1, max: 100 }),
      position: fc.tuple(fc.nat(100), fc.nat(100)).map(([x, y]) => `${x}% ${y}%`),
    },
    { requiredKeys: [] },
  );

  test('the picture lies inside its canvas, in whole pixels, at least one', () => {
    fc.assert(
      fc.property(withSubject, input, ({ size, subject }, options) => {
        const { crop, place, canvas: made } = planned(size, subject, options);
        for (const value of [...Object.values(crop), ...Object.values(place), ...Object.values(made)]) {
          expect(Number.isInteger(value)).toBe(true);
        }
        expect(Math.min(crop.width, crop.height, place.width, place.height)).toBeGreaterThanOrEqual(1);
        expect(Math.min(crop.left, crop.top, place.left, place.top)).toBeGreaterThanOrEqual(0);
        expect(crop.left + crop.width).toBeLessThanOrEqual(size.width);
        expect(crop.top + crop.height).toBeLessThanOrEqual(size.height);
        expect(place.left + place.width).toBeLessThanOrEqual(made.width);
        expect(place.top + place.height).toBeLessThanOrEqual(made.height);
      }),
      { numRuns: 400 },
    );
  });

  test('w and h are never passed, and exact_resize meets both', () => {
    fc.assert(
      fc.property(withSubject, input, ({ size, subject }, options) => {
        const { canvas: made } = planned(size, subject, options);
        // A margin of whole pixels may be all that a very flat picture is; then it alone decides.
        const slack = (extent: number): number => Math.max(extent, 42);
        if (options.w !== undefined) expect(made.width).toBeLessThanOrEqual(slack(options.w));
        if (options.h !== undefined) expect(made.height).toBeLessThanOrEqual(slack(options.h));
        if (options.exact_resize && options.w !== undefined && options.h !== undefined) {
          expect(made).toEqual({ width: options.w, height: options.h });
        }
      }),
      { numRuns: 400 },
    );
  });

  test('without exact_resize nothing is distorted by more than rounding', () => {
    fc.assert(
      fc.property(withSubject, input, ({ size, subject }, options) => {
        const { crop, place } = planned(size, subject, { ...options, exact_resize: false });
        const off = Math.abs(place.width * crop.height - place.height * crop.width);
        // Two pixels of either side.
        expect(off).toBeLessThanOrEqual(2 * Math.max(crop.width, crop.height) + 1e-6);
      }),
      { numRuns: 400 },
    );
  });
});

describe('the sides of a rotated picture', () => {
  test.each([
    [100, 60, 90, 60, 100],
    [100, 60, 180, 100, 60],
    [100, 60, -270, 60, 100],
    [100, 60, 360, 100, 60],
    // As Pillow 11 gives them for Image.new('RGB', size).rotate(angle, expand=True).size
    [100, 60, 30, 118, 102],
    [101, 60, 45, 115, 114],
    [7, 5, 10, 9, 7],
    [1000, 333, 77, 550, 1051],
  ])('%d × %d by %d° with expand: %d × %d', (width, height, angle, rotatedWidth, rotatedHeight) => {
    expect(rotatedSize({ width, height }, angle, true)).toEqual({ width: rotatedWidth, height: rotatedHeight });
  });

  test('hold every corner with expand, and stay as they were without', () => {
    const side = fc.integer({ min: 1, max: 5000 });
    fc.assert(
      fc.property(side, side, fc.double({ min: -360, max: 360, noNaN: true }), (width, height, angle) => {
        const radians = (angle * Math.PI) / 180;
        const needed = Math.abs(width * Math.cos(radians)) + Math.abs(height * Math.sin(radians));
        const made = rotatedSize({ width, height }, angle, true);
        expect(made.width).toBeGreaterThanOrEqual(needed - 1e-6);
        expect(made.width).toBeLessThanOrEqual(needed + 2);
        expect(rotatedSize({ width, height }, angle, false)).toEqual({ width, height });
        expect(rotatedSize({ width, height }, -angle, true)).toEqual(made);
      }),
    );
  });
});

test("the subject's box holds every pixel of 5 % and more, and touches one on each side", () => {
  const plane = fc.integer({ min: 1, max: 12 }).chain((width) =>
    fc.array(fc.constantFrom(0, 0, 0, 12, 13, 255), { minLength: width, maxLength: width * 10 }).map((values) => {
      const height = Math.floor(values.length / width);
      return { width, height, alpha: Buffer.from(values.slice(0, width * height)) };
    }),
  );
  fc.assert(
    fc.property(plane, ({ width, height, alpha }) => {
      const seen = [...alpha.keys()]
        .filter((i) => alpha[i]! >= 13)
        .map((i) => ({ x: i % width, y: Math.floor(i / width) }));
      const box = subjectBox(alpha, { width, height });
      if (seen.length === 0) {
        expect(box).toBeNull();
        return;
      }
      const [xs, ys] = [seen.map(({ x }) => x), seen.map(({ y }) => y)];
      const [left, top] = [Math.min(...xs), Math.min(...ys)];
      expect(box).toEqual({ left, top, width: Math.max(...xs) - left + 1, height: Math.max(...ys) - top + 1 });
    }),
    { numRuns: 500 },
  );
});
