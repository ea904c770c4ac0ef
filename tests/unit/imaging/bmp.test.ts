import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { encodeBmp } from '../../../server/src/imaging/bmp/encode';
import { decode } from '../../../server/src/imaging/decode';
import { inspectSource } from '../../../server/src/imaging/source';
import { at, distance, draw, layerOf, quadrants, rgbaOf, temporaryFolder } from './pictures';

const file = temporaryFolder();

async function readBack(name: string, content: Buffer) {
  writeFileSync(file(name), content);
  return decode(await inspectSource(file(name), { maxPixels: 1e6 }));
}

test('what is written is read back pixel for pixel, whatever the width', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 21 }),
      fc.integer({ min: 1, max: 9 }),
      fc.nat(),
      async (width, height, seed) => {
        const picture = draw(width, height, (x, y) => [(x * 37 + seed) % 256, (y * 91) % 256, (x * y * 13) % 256, 255]);
        const raster = await readBack('any.bmp', encodeBmp(layerOf(picture).rgb, width, height));
        expect(distance(rgbaOf(raster), picture)).toBe(0);
      },
    ),
    { numRuns: 40 },
  );
});

test('a top-down file stands upright', async () => {
  const picture = quadrants(8, 6);
  const bottomUp = encodeBmp(layerOf(picture).rgb, 8, 6);
  bottomUp.writeInt32LE(-6, 22);
  const flipped = draw(8, 6, (x, y) => at(picture, x, 5 - y));
  expect(distance(rgbaOf(await readBack('top-down.bmp', bottomUp)), flipped)).toBe(0);
});

/** 8 bits with a palette (BITMAPINFOHEADER), rows padded to 4 bytes. */
function withPalette(
  width: number,
  height: number,
  index: (x: number, y: number) => number,
  colors: number[][],
): Buffer {
  const stride = Math.ceil(width / 4) * 4;
  const offset = 54 + colors.length * 4;
  const content = Buffer.alloc(offset + stride * height);
  content.write('BM');
  content.writeUInt32LE(offset, 10);
  content.writeUInt32LE(40, 14);
  content.writeInt32LE(width, 18);
  content.writeInt32LE(height, 22);
  content.writeUInt16LE(1, 26);
  content.writeUInt16LE(8, 28);
  content.writeUInt32LE(colors.length, 46);
  for (const [i, [r, g, b]] of colors.entries()) content.set([b!, g!, r!, 0], 54 + i * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) content[offset + (height - 1 - y) * stride + x] = index(x, y);
  }
  return content;
}

test('a palette is looked up', async () => {
  const colors = Array.from({ length: 30 }, (_, i) => [i * 8, 255 - i, 7]);
  const index = (x: number, y: number) => x + 6 * y;
  const raster = await readBack('palette.bmp', withPalette(6, 5, index, colors));
  const expected = draw(6, 5, (x, y) => [...(colors[index(x, y)] as [number, number, number]), 255]);
  expect(distance(rgbaOf(raster), expected)).toBe(0);
});

/** 32 bits with masks (BITMAPV4HEADER), as editors write transparency. */
function withAlpha(picture: ReturnType<typeof quadrants>): Buffer {
  const { width, height } = picture;
  const content = Buffer.alloc(14 + 108 + width * height * 4);
  content.write('BM');
  content.writeUInt32LE(content.length, 2);
  content.writeUInt32LE(122, 10);
  content.writeUInt32LE(108, 14);
  content.writeInt32LE(width, 18);
  content.writeInt32LE(height, 22);
  content.writeUInt16LE(1, 26);
  content.writeUInt16LE(32, 28);
  content.writeUInt32LE(3, 30);
  for (const [index, mask] of [0x00ff0000, 0x0000ff00, 0x000000ff, 0xff000000].entries()) {
    content.writeUInt32LE(mask, 54 + index * 4);
  }
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [r, g, b, a] = at(picture, x, y);
      content.set([b, g, r, a], 122 + ((height - 1 - y) * width + x) * 4);
    }
  }
  return content;
}

test('alpha named by the header is kept, and alpha that is 0 throughout is none', async () => {
  const picture = quadrants(6, 4, [255, 100, 20, 255]);
  expect(distance(rgbaOf(await readBack('alpha.bmp', withAlpha(picture))), picture)).toBe(0);
  const raster = await readBack('no-alpha.bmp', withAlpha(quadrants(6, 4, [0, 0, 0, 0])));
  expect(raster.alpha).toBeNull();
});
