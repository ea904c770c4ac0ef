import { assess } from '../../../server/src/imaging/confidence';
import type { Plane } from '../../../server/src/imaging/raster';

const SIDE = 256;

function plane(alphaAt: (x: number, y: number) => number): Plane {
  const data = Buffer.alloc(SIDE * SIDE);
  for (let y = 0; y < SIDE; y++) for (let x = 0; x < SIDE; x++) data[y * SIDE + x] = alphaAt(x, y);
  return { width: SIDE, height: SIDE, data };
}

const inBox = (x: number, y: number, left: number, top: number, side: number): boolean =>
  x >= left && x < left + side && y >= top && y < top + side;

describe('confidence', () => {
  test('a clear-cut subject is certain; its box and centre are exact', () => {
    expect(assess(plane((x, y) => (inBox(x, y, 64, 32, 128) ? 255 : 0)))).toEqual({
      confidence: 1,
      subject: { left: 64, top: 32, width: 128, height: 128 },
      focalPoint: { x: 50, y: 37.5 },
    });
  });

  test('an empty matte has no subject, no focal point and no confidence', () => {
    expect(assess(plane(() => 0))).toEqual({ confidence: 0, subject: null, focalPoint: null });
    expect(assess(plane(() => 9)).confidence).toBe(0);
  });

  test('a full frame is doubtful', () => {
    expect(assess(plane(() => 255)).confidence).toBeCloseTo(0.3, 2);
  });

  test('a hesitating network is doubtful, the more the closer to one half', () => {
    const at = (alpha: number) => assess(plane((x, y) => (inBox(x, y, 64, 64, 128) ? alpha : 0))).confidence;
    expect(at(128)).toBeLessThan(0.02);
    expect(at(230)).toBeGreaterThan(at(200));
    expect(at(200)).toBeGreaterThan(at(160));
  });

  test('crumbs lower it; a second subject does so by at most half', () => {
    const crumbs = assess(
      plane((x, y) => (inBox(x, y, 64, 64, 96) || (y > 200 && x % 32 < 12 && y % 32 < 12) ? 255 : 0)),
    ).confidence;
    const pair = assess(plane((x, y) => (inBox(x, y, 20, 80, 80) || inBox(x, y, 150, 80, 80) ? 255 : 0))).confidence;
    expect(crumbs).toBeLessThan(0.97);
    expect(pair).toBeCloseTo(0.75, 2);
  });

  test('specks of almost nothing do not widen the box', () => {
    const { subject } = assess(plane((x, y) => (inBox(x, y, 100, 100, 50) ? 255 : x === 3 ? 8 : 0)));
    expect(subject).toEqual({ left: 100, top: 100, width: 50, height: 50 });
  });

  test('a hardly visible subject is doubtful', () => {
    expect(assess(plane((x, y) => (inBox(x, y, 100, 100, 6) ? 255 : 0))).confidence).toBeLessThan(0.2);
  });
});
