import { writeFileSync } from 'node:fs';
import sharp from 'sharp';
import { costOf } from '../../../server/src/imaging/cost';
import { inspectSource } from '../../../server/src/imaging/source';
import { temporaryFolder } from './pictures';

const file = temporaryFolder();
const MEGAPIXEL = { create: { width: 1000, height: 1000, channels: 3, background: 'red' } } as const;

async function cost(bytes: Buffer): Promise<number> {
  writeFileSync(file('a'), bytes);
  return costOf(await inspectSource(file('a'), { maxPixels: 1e7 }));
}

test('a plain picture costs its megapixels, whatever its format', async () => {
  for (const format of ['jpeg', 'png', 'webp', 'tiff', 'gif', 'avif'] as const) {
    expect(await cost(await sharp(MEGAPIXEL).toFormat(format).toBuffer())).toBe(1);
  }
});

test('an interlaced PNG costs twice as much, and a progressive JPEG by its scans', async () => {
  expect(await cost(await sharp(MEGAPIXEL).png({ progressive: true }).toBuffer())).toBe(2);
  const progressive = await sharp(MEGAPIXEL).jpeg({ progressive: true }).toBuffer();
  expect(await cost(progressive)).toBeCloseTo(1 + 9 / 20);
  // The last scan again and again: a few bytes more, and the whole picture is gone through for each.
  const scan = Buffer.from([0xff, 0xda]);
  const last = progressive.lastIndexOf(scan);
  const bomb = Buffer.concat([
    progressive.subarray(0, -2),
    ...Array<Buffer>(90).fill(progressive.subarray(last, -2)),
    progressive.subarray(-2),
  ]);
  expect(bomb.length).toBeLessThan(progressive.length * 3);
  expect(await cost(bomb)).toBeCloseTo(1 + 99 / 20);
});
