import { writeFileSync } from 'node:fs';
import { decode } from '../../../server/src/imaging/decode';
import { inspectSource } from '../../../server/src/imaging/source';
import { bmpFile, packedRows, type BmpSpec } from './bmp';
import { distance, draw, rgbaOf, temporaryFolder, type Pixel } from './pictures';

const file = temporaryFolder();
const [WIDTH, HEIGHT] = [7, 5];

async function readBack(content: Buffer) {
  const path = file('a.bmp');
  writeFileSync(path, content);
  return decode(await inspectSource(path, { maxPixels: 1e6 }));
}

/** As many colors as `bits` can name, no two alike. */
const paletteOf = (bits: number) =>
  Array.from({ length: 2 ** bits }, (_, i) => [(i * 53 + 11) % 256, (255 - i * 7) & 255, (i * 29) % 256]);
const index = (bits: number) => (x: number, y: number) => (x * 3 + y * 5 + 1) % 2 ** bits;

const indexed = (bits: number, more: Partial<BmpSpec> = {}): BmpSpec => ({
  ...{ width: WIDTH, height: HEIGHT, bits, palette: paletteOf(bits) },
  rows: packedRows(WIDTH, HEIGHT, bits, index(bits)),
  ...more,
});

const asPalette = (bits: number) =>
  draw(WIDTH, HEIGHT, (x, y) => [...(paletteOf(bits)[index(bits)(x, y)] as [number, number, number]), 255]);

describe.each([1, 2, 4, 8])('%i bits a pixel, at an odd width', (bits) => {
  test.each([12, 40, 64, 108, 124])('with a header of %i bytes', async (headerBytes) => {
    const raster = await readBack(bmpFile(indexed(bits, { headerBytes })));
    expect(distance(rgbaOf(raster), asPalette(bits))).toBe(0);
  });

  test('with a gap between the palette and the pixels', async () => {
    const raster = await readBack(bmpFile(indexed(bits, { gap: 37 })));
    expect(distance(rgbaOf(raster), asPalette(bits))).toBe(0);
  });

  test('from the top down', async () => {
    const rows = packedRows(WIDTH, HEIGHT, bits, index(bits)).reverse();
    const raster = await readBack(bmpFile(indexed(bits, { topDown: true, rows })));
    expect(distance(rgbaOf(raster), asPalette(bits))).toBe(0);
  });
});

test('a header of 16 bytes leaves the rest of it 0', async () => {
  const raster = await readBack(bmpFile(indexed(8, { headerBytes: 16 })));
  expect(distance(rgbaOf(raster), asPalette(8))).toBe(0);
});

test('an offset of 0 means that the pixels follow the palette', async () => {
  const raster = await readBack(bmpFile(indexed(4, { offset: 0 })));
  expect(distance(rgbaOf(raster), asPalette(4))).toBe(0);
});

test('a pixel whose color is not in the palette is black', async () => {
  const palette = [[200, 100, 50]];
  const rows = packedRows(2, 1, 8, (x) => x * 9);
  const raster = await readBack(bmpFile({ width: 2, height: 1, bits: 8, palette, rows }));
  expect([...raster.rgb]).toEqual([200, 100, 50, 0, 0, 0]);
});

test('the last row may lack its padding', async () => {
  const whole = bmpFile(indexed(8));
  const raster = await readBack(whole.subarray(0, whole.length - 1));
  expect(distance(rgbaOf(raster), asPalette(8))).toBe(0);
  await expect(readBack(whole.subarray(0, whole.length - 2))).rejects.toMatchObject({ code: 'source.truncated' });
});

/** Largest values of each channel, and where they lie in a pixel. */
const pack = (masks: number[], shares: number[]) =>
  masks.reduce((pixel, mask, i) => {
    const shift = 31 - Math.clz32(mask & -mask);
    return (pixel | (Math.round((mask >>> shift) * shares[i]!) << shift)) >>> 0;
  }, 0);
const SHARES = [1, 0.4, 0.1, 0.8];

test.each([
  ['555, the default of 16 bits', 16, 40, 0, undefined, [0x7c00, 0x03e0, 0x001f]],
  ['555 by masks', 16, 40, 3, [0x7c00, 0x03e0, 0x001f], undefined],
  ['565 by masks', 16, 40, 3, [0xf800, 0x07e0, 0x001f], undefined],
  ['565 by masks of a header of 56 bytes', 16, 56, 3, [0xf800, 0x07e0, 0x001f, 0], undefined],
  ['1555 with alpha', 16, 108, 3, [0x7c00, 0x03e0, 0x001f, 0x8000], undefined],
  ['4444 with alpha', 16, 124, 3, [0x0f00, 0x00f0, 0x000f, 0xf000], undefined],
  ['888 in 32 bits', 32, 40, 0, undefined, [0xff0000, 0x00ff00, 0x0000ff]],
  ['888 in other places', 32, 40, 3, [0x0000ff, 0x00ff00, 0xff0000], undefined],
  ['10 bits a channel', 32, 40, 3, [0x3ff00000, 0x000ffc00, 0x000003ff], undefined],
  ['8888 with alpha', 32, 124, 3, [0xff0000, 0x00ff00, 0x0000ff, 0xff000000], undefined],
  ['8888 with four masks behind a header of 40 bytes', 32, 40, 6, [0xff0000, 0xff00, 0xff, 0xff000000], undefined],
] as const)('%s', async (_, bits, headerBytes, compression, named, implied) => {
  const masks = [...(named ?? implied)];
  const pixel = pack(
    masks.map((mask) => mask || 0),
    SHARES,
  );
  const rows = packedRows(WIDTH, HEIGHT, bits, () => pixel);
  const spec = { width: WIDTH, height: HEIGHT, bits, headerBytes, compression, rows };
  const raster = await readBack(bmpFile({ ...spec, ...(named ? { masks: [...named] } : {}) }));
  const expected = masks.map((mask) => {
    if (mask === 0) return 255;
    const shift = 31 - Math.clz32(mask & -mask);
    return Math.round((((pixel & mask) >>> shift) * 255) / (mask >>> shift));
  });
  const [r, g, b, a = 255] = expected;
  expect(
    distance(
      rgbaOf(raster),
      draw(WIDTH, HEIGHT, () => [r, g, b, a] as Pixel),
    ),
  ).toBe(0);
});

test('24 bits with a gap before the pixels', async () => {
  const rows = packedRows(WIDTH, HEIGHT, 24, (x, y) => ((x * 30) << 16) | ((y * 40) << 8) | 9);
  const raster = await readBack(bmpFile({ width: WIDTH, height: HEIGHT, bits: 24, gap: 100, rows }));
  expect(
    distance(
      rgbaOf(raster),
      draw(WIDTH, HEIGHT, (x, y) => [x * 30, y * 40, 9, 255]),
    ),
  ).toBe(0);
});

describe('run lengths', () => {
  const palette = paletteOf(4);
  const pixels = (indices: number[][]) =>
    draw(indices[0]!.length, indices.length, (x, y) => [
      ...(palette[indices.at(-1 - y)![x]!] as [number, number, number]),
      255,
    ]);
  const packed = (bits: 4 | 8, width: number, height: number, bytes: number[]) =>
    bmpFile({ width, height, bits, compression: bits === 8 ? 1 : 2, palette, rows: Buffer.from(bytes) });

  test('of 8 bits: runs, written-out pixels, moves and ends', async () => {
    const bytes = [3, 7, 0, 3, 1, 2, 3, 0, 0, 0, /* row 1 */ 0, 2, 2, 0, 4, 5, 0, 0, /* row 2 */ 6, 9, 0, 1];
    const raster = await readBack(packed(8, 6, 3, bytes));
    const rows = [
      [7, 7, 7, 1, 2, 3],
      [0, 0, 5, 5, 5, 5],
      [9, 9, 9, 9, 9, 9],
    ];
    expect(distance(rgbaOf(raster), pixels(rows))).toBe(0);
  });

  test('of 4 bits: runs of two colors in turn, written-out pixels padded to 16 bits', async () => {
    const bytes = [5, 0x12, 0, 0, /* row 1 */ 0, 5, 0x34, 0x56, 0x70, 0, 0, 1];
    const raster = await readBack(packed(4, 5, 2, bytes));
    const rows = [
      [1, 2, 1, 2, 1],
      [3, 4, 5, 6, 7],
    ];
    expect(distance(rgbaOf(raster), pixels(rows))).toBe(0);
  });

  test('what runs over the end of a row is dropped', async () => {
    const raster = await readBack(packed(8, 3, 2, [9, 1, 0, 0, 3, 2, 0, 1]));
    expect(
      distance(
        rgbaOf(raster),
        pixels([
          [1, 1, 1],
          [2, 2, 2],
        ]),
      ),
    ).toBe(0);
  });

  test('a move beyond the picture ends it', async () => {
    const raster = await readBack(packed(8, 2, 2, [2, 1, 0, 2, 0, 200, 2, 2]));
    expect(
      distance(
        rgbaOf(raster),
        pixels([
          [1, 1],
          [0, 0],
        ]),
      ),
    ).toBe(0);
  });

  test.each([
    ['between two runs', [3, 1, 0, 0]],
    ['in the middle of written-out pixels', [3, 1, 0, 0, 0, 3, 1]],
    ['in a move', [3, 1, 0, 2]],
  ])('bytes that end %s are a damaged picture', async (_, bytes) => {
    await expect(readBack(packed(8, 3, 2, bytes))).rejects.toMatchObject({
      code: 'source.truncated',
      message: 'The BMP picture ends before its last pixel; save it anew and upload it again.',
    });
  });
});

test.each([
  ['JPEG inside', { bits: 24, compression: 4 }],
  ['PNG inside', { bits: 24, compression: 5 }],
  ['an unknown compression', { bits: 24, compression: 77 }],
  ['run lengths of another depth', { bits: 4, compression: 1 }],
  ["OS/2's Huffman code", { bits: 1, compression: 3, headerBytes: 64 }],
  ["OS/2's run lengths of 24 bits", { bits: 24, compression: 4, headerBytes: 64 }],
  ['3 bits a pixel', { bits: 3 }],
  ['no bits a pixel', { bits: 0 }],
])('%s is refused by what it is', async (_, spec) => {
  const content = bmpFile({ width: 4, height: 4, rows: Buffer.alloc(500), ...spec });
  await expect(readBack(content)).rejects.toMatchObject({
    code: 'source.unsupported',
    message: expect.stringMatching(/^BMP pictures with .* cannot be read here; save the picture as PNG/),
  });
});

test.each([
  ['sides below 0', { width: -4 }],
  ['no height', { height: 0 }],
  ['more pixels than the file has', { width: 400_000, height: 400_000 }],
  ['pixels inside the header', { offset: 20 }],
  ['pixels beyond the file', { offset: 0xfffffff0 }],
  ['run lengths from the top down', { bits: 8, compression: 1, topDown: true }],
])('a header with %s is damaged', async (_, spec) => {
  const content = bmpFile({ width: 4, height: 4, bits: 24, rows: Buffer.alloc(100), ...spec });
  await expect(readBack(content)).rejects.toMatchObject({ code: 'source.truncated' });
});

test('a header that is cut off is damaged', async () => {
  const whole = bmpFile(indexed(8));
  for (const bytes of [26, 30, 54, 80]) {
    await expect(readBack(whole.subarray(0, bytes))).rejects.toHaveProperty(
      'code',
      expect.stringMatching(/^source\.(truncated|unsupported)$/),
    );
  }
});
