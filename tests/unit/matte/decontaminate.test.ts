import fc from 'fast-check';
import { decontaminate } from '../../../server/src/imaging/decontaminate';
import { compositeError } from '../../fixtures/measure';
import { makeScene, type SceneKind } from '../../fixtures/scene';

const photoSize = { width: 1200, height: 900 };

jest.setTimeout(60_000);

describe('decontaminate', () => {
  const scenes: [SceneKind, 'garden' | 'fabric' | 'bricks' | 'studio', number][] = [
    ['hair', 'garden', 0.3],
    ['hair', 'studio', 0.25],
    ['plush', 'fabric', 0.45],
    ['wires', 'garden', 0.2],
    ['holes', 'garden', 0.2],
    ['blur', 'bricks', 0.5],
    ['shadow', 'bricks', 0.3],
    ['glass', 'garden', 0.75],
  ];

  test.each(scenes)('%s on %s: at most %d of the halo is left on a new background', async (kind, backdrop, left) => {
    const scene = await makeScene({ kind, backdrop, seed: 11, ...photoSize });
    const clean = decontaminate(scene.photo, scene.alpha);
    expect(compositeError(scene, clean)).toBeLessThan(left * compositeError(scene, scene.photo.rgb));
  });

  test('in place it comes to the same as in a copy', async () => {
    const scene = await makeScene({ kind: 'hair', backdrop: 'garden', seed: 11, width: 300, height: 200 });
    const before = Buffer.from(scene.photo.rgb);
    const copy = decontaminate(scene.photo, scene.alpha);
    expect(scene.photo.rgb.equals(before)).toBe(true);
    expect(decontaminate(scene.photo, scene.alpha, true).equals(copy)).toBe(true);
  });

  test('a flat subject on a flat background is unmixed to within a few steps, down to a tenth of alpha', async () => {
    const [width, height] = [400, 300];
    const [subject, backdrop] = [[220, 40, 60] as const, [20, 180, 240] as const];
    const alpha = Buffer.alloc(width * height);
    const rgb = Buffer.alloc(width * height * 3);
    for (let i = 0; i < alpha.length; i++) {
      const a = Math.min(1, Math.max(0, ((i % width) - 180) / 40));
      alpha[i] = Math.round(a * 255);
      for (let c = 0; c < 3; c++)
        rgb[3 * i + c] = Math.round((alpha[i]! * subject[c]! + (255 - alpha[i]!) * backdrop[c]!) / 255);
    }
    const clean = decontaminate({ width, height, rgb, alpha: null }, { width, height, data: alpha });
    let worst = 0;
    for (let i = 0; i < alpha.length; i++)
      if (alpha[i]! >= 26)
        for (let c = 0; c < 3; c++) worst = Math.max(worst, Math.abs(clean[3 * i + c]! - subject[c]!));
    expect(worst).toBeLessThanOrEqual(12);
  });

  test('opaque pixels stay, unseen ones turn black, the photo itself is not touched', async () => {
    const cases = fc.record({
      width: fc.integer({ min: 1, max: 30 }),
      height: fc.integer({ min: 1, max: 30 }),
      seed: fc.infiniteStream(fc.integer({ min: 0, max: 255 })),
      alphas: fc.infiniteStream(fc.constantFrom(0, 0, 1, 90, 254, 255, 255)),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ width, height, seed, alphas }) => {
        const rgb = Buffer.from(Array.from({ length: width * height * 3 }, () => seed.next().value as number));
        const data = Buffer.from(Array.from({ length: width * height }, () => alphas.next().value as number));
        const before = Buffer.from(rgb);
        const clean = decontaminate({ width, height, rgb, alpha: null }, { width, height, data });
        expect(rgb.equals(before)).toBe(true);
        expect(clean).toHaveLength(rgb.length);
        for (let i = 0; i < data.length; i++) {
          const colour = [...clean.subarray(3 * i, 3 * i + 3)];
          if (data[i] === 0) expect(colour).toEqual([0, 0, 0]);
          if (data[i] === 255) expect(colour).toEqual([...rgb.subarray(3 * i, 3 * i + 3)]);
        }
      }),
    );
  });
});
