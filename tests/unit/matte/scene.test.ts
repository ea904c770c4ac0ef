import { makeScene, sceneKinds } from '../../fixtures/scene';

const size = { width: 320, height: 240 };

describe('generated scenes', () => {
  test.each(sceneKinds)('%s: the photo is exactly foreground over background by alpha', async (kind) => {
    const { photo, alpha, foreground, background } = await makeScene({ kind, seed: 3, ...size });
    let worst = 0;
    for (let i = 0; i < photo.rgb.length; i++) {
      const a = alpha.data[Math.floor(i / 3)]! / 255;
      worst = Math.max(worst, Math.abs(photo.rgb[i]! - (a * foreground[i]! + (1 - a) * background[i]!)));
    }
    expect(worst).toBeLessThanOrEqual(0.5 + 1e-9);
    expect(alpha.data.includes(0)).toBe(true);
    expect(alpha.data.some((value) => value > 0 && value < 255)).toBe(true);
  });

  test('the same seed gives the same pixels, another one gives others', async () => {
    const [first, again, other] = await Promise.all(
      [5, 5, 6].map((seed) => makeScene({ kind: 'plant', seed, ...size })),
    );
    expect(first!.photo.rgb.equals(again!.photo.rgb)).toBe(true);
    expect(first!.photo.rgb.equals(other!.photo.rgb)).toBe(false);
  });

  test('a shadow is part of the background, not of the subject', async () => {
    const { alpha, background } = await makeScene({ kind: 'shadow', backdrop: 'studio', seed: 1, ...size });
    const at = Math.round(0.84 * size.height) * size.width + Math.round(0.72 * size.width);
    const lit = Math.round(0.5 * size.height) * size.width + Math.round(0.05 * size.width);
    expect(alpha.data[at]).toBe(0);
    expect(background[3 * at]!).toBeLessThan(background[3 * lit]! * 0.7);
  });
});
