import { fillInterior } from '../../../server/src/imaging/fill-interior';
import { lift } from '../../../server/src/imaging/lift';
import type { Plane } from '../../../server/src/imaging/raster';

const SIDE = 512;

function plane(alphaAt: (x: number, y: number) => number, width = SIDE, height = SIDE): Plane {
  const data = Buffer.from(Array.from({ length: width * height }, (_, i) => alphaAt(i % width, Math.floor(i / width))));
  return { width, height, data };
}
const radius = (x: number, y: number) => Math.hypot(x - SIDE / 2, y - SIDE / 2);
/** A disc whose edge falls from 255 to 0 over four pixels. */
const edge = (r: number) => Math.round(255 * Math.min(1, Math.max(0, (172 - r) / 4)));
const at = ({ width, data }: Plane, x: number, y: number) => data[y * width + x];

describe('the inside of a subject', () => {
  test('is opaque where the network was only nearly sure', () => {
    const veiled = plane((x, y) => Math.min(edge(radius(x, y)), radius(x, y) < 150 ? 243 : 255));
    const filled = fillInterior(veiled);
    for (const [x, y] of [
      [256, 256],
      [200, 280],
      [300, 180],
    ] as const)
      expect(at(filled, x, y)).toBe(255);
  });

  test('stays as it is near an edge, which no ramp may harden', () => {
    const soft = plane((x, y) => edge(radius(x, y)));
    expect(fillInterior(soft).data.equals(soft.data)).toBe(true);
  });

  test('keeps holes and glass, and what lies around them', () => {
    const hole = plane((x, y) => (radius(x, y) < 40 ? 0 : Math.min(edge(radius(x, y)), radius(x, y) < 42 ? 200 : 255)));
    const glass = plane((x, y) => (radius(x, y) < 80 ? 190 : edge(radius(x, y))));
    for (const kept of [hole, glass]) expect(fillInterior(kept).data.equals(kept.data)).toBe(true);
  });

  test('passes into what stays without a step', () => {
    const veiled = plane((x, y) => Math.min(edge(radius(x, y)), 236));
    const row = Array.from({ length: 150 }, (_, k) => at(fillInterior(veiled), SIDE / 2 + k, SIDE / 2)!);
    const steps = row.slice(1).map((value, k) => Math.abs(value - row[k]!));
    expect(Math.max(...steps)).toBeLessThanOrEqual(4);
  });

  test('of a picture that is subject all over is left alone', () => {
    const all = plane(() => 200);
    expect(fillInterior(all)).toBe(all);
  });

  test('is made so when a fresh matte is lifted, and not when a stored one is', async () => {
    const veiled = plane((x, y) => Math.min(edge(radius(x, y)), 243));
    const raster = { width: SIDE, height: SIDE, rgb: Buffer.alloc(SIDE * SIDE * 3, 128), alpha: null };
    expect(at(await lift(veiled, raster, { refine: true, fresh: true }), 256, 256)).toBe(255);
    expect(at(await lift(veiled, raster, { refine: true }), 256, 256)).toBe(243);
    expect(at(await lift(veiled, raster, { refine: false, fresh: true }), 256, 256)).toBe(243);
  });
});
