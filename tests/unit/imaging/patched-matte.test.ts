import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { patchedMatte } from '../../../server/src/imaging/matte';
import { seeded } from '../../fixtures/random';

const folder = mkdtempSync(path.join(tmpdir(), 'cutout-patch-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SIDE = 256;
const stored = path.join(folder, 'stored.png');
const patch = path.join(folder, 'patch.png');
const random = seeded(5);
/** Details that no smaller picture could hold. */
const noise = Buffer.from(Array.from({ length: SIDE * SIDE }, () => Math.floor(random() * 256)));

const store = (data: Buffer) =>
  sharp(data, { raw: { width: SIDE, height: SIDE, channels: 1 } })
    .png()
    .toFile(stored);

/** Grey of one value within a square, and transparent around it; `under` is what a transparent pixel says. */
const send = (side: number, value: number, [from, to]: [number, number], under = 0) => {
  const data = Buffer.alloc(side * side * 4, under);
  for (let at = 0; at < side * side; at += 1) {
    const [x, y] = [at % side, Math.floor(at / side)];
    const isIn = x >= from && x < to && y >= from && y < to;
    data.fill(isIn ? value : under, at * 4, at * 4 + 3);
    data[at * 4 + 3] = isIn ? 255 : 0;
  }
  return sharp(data, { raw: { width: side, height: side, channels: 4 } })
    .png()
    .toFile(patch);
};

describe.each([SIDE, SIDE / 2, SIDE / 4])('a patch of %d pixels a side', (side) => {
  const square: [number, number] = [side / 4, side / 2];
  const scale = SIDE / side;
  const inside = (at: number, margin: number) =>
    [at % SIDE, Math.floor(at / SIDE)].every((c) => c >= square[0] * scale + margin && c < square[1] * scale - margin);
  const outside = (at: number, margin: number) => !inside(at, -margin);

  it('changes what it covers, and keeps every pixel of the rest', async () => {
    await store(noise);
    await send(side, 200, square, 77);
    const { data } = await patchedMatte(stored, patch);
    const margin = scale === 1 ? 0 : 2 * scale;
    const wrong = [...data.keys()].filter(
      (at) => (inside(at, margin) && data[at] !== 200) || (outside(at, margin) && data[at] !== noise[at]),
    );
    expect(wrong).toEqual([]);
  });

  it('leaves no seam where it says what is there already', async () => {
    await store(Buffer.alloc(SIDE * SIDE, 255));
    await send(side, 255, square);
    const { data } = await patchedMatte(stored, patch);
    expect(Math.min(...data)).toBeGreaterThanOrEqual(253);
  });
});

it('that is opaque throughout is the whole matte', async () => {
  await store(noise);
  await send(64, 90, [0, 64]);
  const { data } = await patchedMatte(stored, patch);
  expect(new Set(data)).toEqual(new Set([90]));
});
