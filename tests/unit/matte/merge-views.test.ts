import { claimOf } from '../../../server/src/mattes/table';
import { mergeViews } from '../../../server/src/imaging/merge-views';
import type { Plane } from '../../../server/src/imaging/raster';
import { betterOrSame } from '../../../server/src/words';

const flat = (width: number, height: number, value: number): Plane => ({
  width,
  height,
  data: Buffer.alloc(width * height, value),
});

/** A soft disc with its middle and radius in shares of the picture, as seen in a part of it. */
function disc(side: number, box: { left: number; top: number; width: number; height: number }, picture: number): Plane {
  const data = Buffer.alloc(side * side);
  for (let y = 0, i = 0; y < side; y++)
    for (let x = 0; x < side; x++, i++) {
      const px = box.left + ((x + 0.5) * box.width) / side;
      const py = box.top + ((y + 0.5) * box.height) / side;
      const inside = 0.2 * picture - Math.hypot(px - 0.43 * picture, py - 0.57 * picture);
      data[i] = Math.min(255, Math.max(0, 128 + inside * 8));
    }
  return { width: side, height: side, data };
}

function centroid({ width, height, data }: Plane): [number, number] {
  let [sum, x, y] = [0, 0, 0];
  for (let i = 0; i < data.length; i++) {
    sum += data[i]!;
    x += data[i]! * ((i % width) + 0.5);
    y += data[i]! * (Math.floor(i / width) + 0.5);
  }
  return [x / sum / width, y / sum / height];
}

describe('mergeViews', () => {
  const picture = { width: 400, height: 400 };
  const whole = { left: 0, top: 0, ...picture };

  test('what the first matte is sure of stays, whatever the others say', async () => {
    for (const sure of [0, 255]) {
      const merged = await mergeViews(flat(64, 64, sure), picture, [{ matte: flat(64, 64, 128), box: whole }]);
      expect(merged.data.every((value) => value === sure)).toBe(true);
    }
  });

  test('where it is soft all views count alike, each within its box', async () => {
    const box = { left: 100, top: 100, width: 200, height: 200 };
    const views = [
      { matte: flat(64, 64, 160), box: whole },
      { matte: flat(64, 64, 220), box },
    ];
    const { width, data } = await mergeViews(flat(64, 64, 100), picture, views);
    expect(data[0]).toBe(130);
    expect(data[(width / 2) * width + width / 2]).toBe(160);
  });

  test('a close-up lies where its box is, to a twentieth of a pixel, and brings its finer grid', async () => {
    const box = { left: 65, top: 110, width: 220, height: 230 };
    const views = [{ matte: disc(128, box, 400), box }];
    const merged = await mergeViews(disc(128, whole, 400), picture, views);
    expect([merged.width, merged.height]).toEqual([233, 223]);
    const [x, y] = centroid(merged);
    const [wantedX, wantedY] = centroid(disc(400, whole, 400));
    expect(Math.abs(x - wantedX) * 400).toBeLessThan(0.05);
    expect(Math.abs(y - wantedY) * 400).toBeLessThan(0.05);
  });

  test('no view makes the matte finer than the picture', async () => {
    const small = { width: 90, height: 70 };
    const views = [{ matte: flat(64, 64, 100), box: { left: 10, top: 10, width: 20, height: 20 } }];
    expect(await mergeViews(flat(64, 64, 100), small, views)).toMatchObject(small);
  });
});

describe('the key of a matte', () => {
  const key = { sourceHash: 'a'.repeat(64), engine: 'local', model: 'isnet-fp16', weights: 'b'.repeat(64) } as const;

  test('tells efforts apart, and leaves the usual one as it always was', () => {
    const claims = betterOrSame('fast').map((effort) => claimOf({ ...key, effort }));
    expect(new Set(claims).size).toBe(3);
    expect(claimOf({ ...key, effort: 'balanced' })).toBe(claimOf(key));
  });

  test('a better effort stands for a lesser wish, never the other way round', () => {
    expect(betterOrSame('fast')).toEqual(['best', 'balanced', 'fast']);
    expect(betterOrSame('balanced')).toEqual(['best', 'balanced']);
    expect(betterOrSame('best')).toEqual(['best']);
  });
});
