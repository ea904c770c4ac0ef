import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { detailOf } from '../../../server/src/errors';
import { parseComposeOptions, type ComposeOptions } from '../../../server/src/options';
import { createPool } from '../../../server/src/pool';
import type { CutoutTask, Pool, VariantRequest } from '../../../server/src/pool/contract';
import { buildWorker } from '../../support/worker';
import { at, draw, quadrants, read, sharpOf } from '../imaging/pictures';

let pool: Pool;
let folder: string;
const workerFile = buildWorker('cutout');
const file = (name: string): string => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cutout-task-'));
  pool = createPool({ workers: 1, idleTimeoutMs: 5000, workerFile });
});

afterAll(async () => {
  await pool.destroy();
  rmSync(folder, { recursive: true, force: true });
});

function options(input: object): ComposeOptions {
  const result = parseComposeOptions(input);
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return result.options;
}

const variant = (key: string, input: object = {}): VariantRequest => ({ key, options: options(input) });

const WIDTH = 64;
const HEIGHT = 48;
/** Left half is the subject, the column at its border is half of it. */
const MATTE = draw(WIDTH, HEIGHT, (x) => {
  const value = x < 32 ? 255 : x === 32 ? 128 : 0;
  return [value, value, value, 255];
});

async function photo(name = 'photo.png', alphas?: readonly number[], orientation = 1): Promise<string> {
  const picture = sharpOf(quadrants(WIDTH, HEIGHT, alphas));
  await (alphas ? picture : picture.removeAlpha()).withMetadata({ orientation }).png().toFile(file(name));
  return file(name);
}

async function matte(name = 'stored.png'): Promise<string> {
  await sharpOf(MATTE).removeAlpha().toColourspace('b-w').png().toFile(file(name));
  return file(name);
}

let runs = 0;
async function run(changes: Partial<CutoutTask> = {}) {
  const outDir = file(`out-${runs++}`);
  mkdirSync(outDir);
  const task: CutoutTask = {
    source: changes.source ?? (await photo()),
    matte: { kind: 'file', path: await matte() },
    limits: { maxPixels: 1e6, transparencyThreshold: null },
    refine: false,
    outDir,
    writeMatte: true,
    variants: [variant('cutout', { format: 'png', decontaminate: false })],
    ...changes,
  };
  return { outDir, ...(await pool.run('cutout', task, { timeoutMs: 20_000 })) };
}

test('a stored matte becomes a cutout without a model run, and everything is said about it', async () => {
  const { outDir, source, matte: report, variants, timings } = await run();
  expect(source).toEqual({ width: WIDTH, height: HEIGHT, format: 'png' });
  const path = join(outDir, 'cutout.png');
  expect(variants).toEqual([
    { key: 'cutout', path, ext: '.png', mime: 'image/png', width: WIDTH, height: HEIGHT, bytes: statSync(path).size },
  ]);
  const picture = await read(path);
  expect(at(picture, 10, 10)).toEqual(at(quadrants(WIDTH, HEIGHT), 10, 10));
  expect(at(picture, 32, 10)[3]).toBe(128);
  expect(at(picture, 50, 10)).toEqual([0, 0, 0, 0]);
  expect(report.file).toMatchObject({ path: join(outDir, 'matte.png'), ext: '.png', mime: 'image/png', width: WIDTH });
  expect(report.subject).toEqual({ left: 0, top: 0, width: 33, height: HEIGHT });
  expect(report.confidence).toBeGreaterThan(0);
  expect(timings).toMatchObject({ session: 0, run: 0 });
  expect(Object.values(timings).every(Number.isInteger)).toBe(true);
});

test('the matte written is the matte read: 8-bit grey, of the original size', async () => {
  const { matte: report } = await run();
  expect(await sharp(report.file!.path).metadata()).toMatchObject({
    channels: 1,
    depth: 'uchar',
    width: WIDTH,
    height: HEIGHT,
  });
  const [written, stored] = [await read(report.file!.path), await read(file('stored.png'))];
  expect(written.data.equals(stored.data)).toBe(true);
});

test('no matte file is written when a stored one is reused', async () => {
  const { outDir, matte: report } = await run({ writeMatte: false });
  expect(report.file).toBeNull();
  expect(existsSync(join(outDir, 'matte.png'))).toBe(false);
});

test('a matte may be the alpha of a picture, and smaller than the original', async () => {
  const answer = draw(16, 12, (x) => [1, 2, 3, x < 8 ? 255 : 0]);
  await sharpOf(answer).webp({ lossless: true, exact: true }).toFile(file('answer.webp'));
  const { outDir, matte: report } = await run({ matte: { kind: 'file', path: file('answer.webp') } });
  expect(report.file).toMatchObject({ width: WIDTH, height: HEIGHT });
  const picture = await read(join(outDir, 'cutout.png'));
  expect(at(picture, 20, 20)[3]).toBe(255);
  expect(at(picture, 50, 20)[3]).toBe(0);
});

test('a grey mask with an alpha channel that is opaque is a matte by its grey', async () => {
  await sharpOf(MATTE).png().toFile(file('masked.png'));
  const { outDir } = await run({ matte: { kind: 'file', path: file('masked.png') } });
  const picture = await read(join(outDir, 'cutout.png'));
  expect([10, 32, 50].map((x) => at(picture, x, 10)[3])).toEqual([255, 128, 0]);
});

test("the original's own transparency is multiplied with the matte, once, also when the matte comes back", async () => {
  const source = await photo('glass.png', [100, 255, 255, 255]);
  const first = await run({ source });
  const alphaOf = async (outDir: string) => at(await read(join(outDir, 'cutout.png')), 10, 10)[3];
  expect(await alphaOf(first.outDir)).toBe(100);
  expect(at(await read(join(first.outDir, 'cutout.png')), 32, 10)[3]).toBe(128);
  const again = await run({ source, matte: { kind: 'file', path: first.matte.file!.path } });
  expect(await alphaOf(again.outDir)).toBe(100);
});

test('the matte lies on the upright picture', async () => {
  // Stored on its side; upright it is 48 × 64.
  const source = await photo('turned.png', undefined, 6);
  const upright = draw(HEIGHT, WIDTH, (_, y) => [y < 32 ? 255 : 0, y < 32 ? 255 : 0, y < 32 ? 255 : 0, 255]);
  await sharpOf(upright).removeAlpha().toColourspace('b-w').png().toFile(file('upright.png'));
  const result = await run({ source, matte: { kind: 'file', path: file('upright.png') } });
  expect(result.source).toMatchObject({ width: HEIGHT, height: WIDTH });
  const picture = await read(join(result.outDir, 'cutout.png'));
  expect(at(picture, 5, 5)[3]).toBe(255);
  expect(at(picture, 5, 60)[3]).toBe(0);
});

test('variants come in the order asked for, each with its sizes after it, whatever they share', async () => {
  const { variants, outDir } = await run({
    variants: [
      variant('a', { format: 'jpeg', bg_color: 'red', sizes: [32, 16] }),
      variant('b', { mask: true, format: 'png' }),
      variant('c', { decontaminate: false, format: 'bmp' }),
      variant('d', { trim: true, format: 'webp', sizes: [1000] }),
    ],
  });
  expect(variants.map(({ key, path, width, mime }) => [key, path, width, mime])).toEqual([
    ['a', join(outDir, 'a.jpg'), 64, 'image/jpeg'],
    ['a_16', join(outDir, 'a_16.jpg'), 16, 'image/jpeg'],
    ['a_32', join(outDir, 'a_32.jpg'), 32, 'image/jpeg'],
    ['b', join(outDir, 'b.png'), 64, 'image/png'],
    ['c', join(outDir, 'c.bmp'), 64, 'image/bmp'],
    ['d', join(outDir, 'd.webp'), 33, 'image/webp'],
  ]);
  for (const { path, bytes } of variants) expect(statSync(path).size).toBe(bytes);
  expect(readFileSync(join(outDir, 'c.bmp')).toString('latin1', 0, 2)).toBe('BM');
});

test('the same task gives the same bytes', async () => {
  const task = {
    variants: [variant('x', { w: 40, shadow: true, format: 'webp' }), variant('y', { angle: 7, format: 'png' })],
  };
  const [a, b] = [await run(task), await run(task)];
  for (const name of ['x.webp', 'y.png', 'matte.png']) {
    expect(readFileSync(join(a.outDir, name)).equals(readFileSync(join(b.outDir, name)))).toBe(true);
  }
});

describe('what goes wrong arrives with its code', () => {
  test.each([
    ['a missing original', { source: '/nowhere.jpg' }, 'source.missing'],
    ['a missing matte', { matte: { kind: 'file' as const, path: '/nowhere.png' } }, 'worker.failed'],
    ['too many pixels', { limits: { maxPixels: 10, transparencyThreshold: null } }, 'source.too-many-pixels'],
    ['a background that was not found', { variants: [variant('cutout', { bg_image: 5 })] }, 'options.invalid'],
    [
      'a result that cannot be held',
      { variants: [variant('cutout', { margin: '5000px', w: 5000 })] },
      'options.invalid',
    ],
  ])('%s', async (_, changes, code) => {
    await expect(run(changes)).rejects.toMatchObject({ name: 'CutoutError', code });
  });

  test('an original that is cut out already', async () => {
    const source = await photo('clear.png', [0, 255, 255, 255]);
    const limits = { maxPixels: 1e6, transparencyThreshold: 0.2 };
    await expect(run({ source, limits })).rejects.toMatchObject({ code: 'source.already-transparent', skip: true });
  });

  test('and the child serves the next task', async () => {
    writeFileSync(file('bad.jpg'), 'hello');
    await expect(run({ source: file('bad.jpg') })).rejects.toMatchObject({ code: 'source.not-an-image' });
    const [pid] = pool.pids();
    await run();
    expect(pool.pids()).toEqual([pid]);
  });
});

test('a child that holds more than its bound is replaced before the next task, and one that holds less is not', async () => {
  const task = { source: await photo(), limits: { maxPixels: 1e6, transparencyThreshold: null } };
  for (const [maxMemoryMb, children] of [
    [1, 3],
    [4096, 1],
  ] as const) {
    const bounded = createPool({ workers: 1, idleTimeoutMs: 10_000, workerFile, maxMemoryMb });
    const pids = new Set<number>();
    for (let i = 0; i < 3; i++) {
      const running = bounded.run('inspect', task, { timeoutMs: 20_000 });
      while (bounded.pids().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      pids.add(bounded.pids()[0]!);
      await running;
    }
    await bounded.destroy();
    expect(pids.size).toBe(children);
  }
});

test('a task that fails leaves a child that is measured too', async () => {
  const bounded = createPool({ workers: 1, idleTimeoutMs: 10_000, workerFile, maxMemoryMb: 1 });
  const task = { source: file('nowhere.png'), limits: { maxPixels: 1e6, transparencyThreshold: null } };
  await expect(bounded.run('inspect', task, { timeoutMs: 20_000 })).rejects.toMatchObject({ code: 'source.missing' });
  expect(bounded.pids()).toEqual([]);
  await bounded.destroy();
});

test('what a library said goes beside the reason, which names no path', async () => {
  const whole = await sharpOf(quadrants(64, 64)).avif().toBuffer();
  writeFileSync(file('cut.avif'), whole.subarray(0, whole.length / 2));
  const error: unknown = await run({ source: file('cut.avif') }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'source.truncated', message: expect.not.stringContaining(folder) });
  expect(detailOf(error)).toMatch(/bad seek|heif/);
});

test('inspect answers from the header alone', async () => {
  const limits = { maxPixels: 1e6, transparencyThreshold: null };
  const source = await photo('header.png', [255, 255, 255, 9]);
  expect(await pool.run('inspect', { source, limits }, { timeoutMs: 5000 })).toEqual({
    format: 'png',
    width: WIDTH,
    height: HEIGHT,
    hasAlpha: true,
    cost: (WIDTH * HEIGHT) / 1e6,
  });
});

describe.each([
  ['webp', 16_383, { format: 'webp' }],
  ['lossless webp', 16_383, { format: 'webp', lossless: true }],
  ['avif', 16_384, { format: 'avif' }],
  ['jpeg', 65_500, { format: 'jpeg' }],
  ['png', 65_535, { format: 'png' }],
  ['bmp', 65_535, { format: 'bmp' }],
] as const)('a side of %s', (name, most, input) => {
  const limits = { maxPixels: 1e6, transparencyThreshold: null };
  const strip = async (width: number, height: number) => {
    const path = file(`${width}x${height}.png`);
    await sharp({ create: { width, height, channels: 3, background: 'red' } })
      .png()
      .toFile(path);
    return path;
  };
  const refusal = {
    code: 'options.invalid',
    message: expect.stringMatching(new RegExp(`; (${name}|a picture) holds at most ${most} a side`)),
  };

  test.each([true, false])('is checked before there is a matte, wide: %s', async (wide) => {
    const source = await (wide ? strip(most + 1, 3) : strip(3, most + 1));
    const variants = [variant('cutout', input)];
    await expect(pool.run('inspect', { source, limits, variants }, { timeoutMs: 20_000 })).rejects.toMatchObject(
      refusal,
    );
    // A matte that cannot be read would fail first if it were looked at.
    const damaged = { kind: 'file' as const, path: file('nowhere-matte.png') };
    await expect(run({ source, limits, variants, matte: damaged })).rejects.toMatchObject(refusal);
  });

  test('of the largest that is allowed is made, and so is its matte', async () => {
    const source = await strip(most, 3);
    await sharp({ create: { width: most, height: 3, channels: 3, background: 'white' } })
      .toColourspace('b-w')
      .png()
      .toFile(file('white.png'));
    const matte = { kind: 'file' as const, path: file('white.png') };
    const { variants, matte: report } = await run({ source, limits, variants: [variant('cutout', input)], matte });
    expect(variants[0]).toMatchObject({ width: most, height: 3 });
    expect(report.file).toMatchObject({ width: most, height: 3 });
  });
});

test.each([
  ['margin in pixels', { margin: '0 5000' }, 6400],
  ['margin in per cent', { margin: '0 200%' }, 3300],
  ['expand', { angle: 45, expand: true, w: 9000, h: 9000, exact_resize: true }, 64],
])('%s that enlarges a result beyond its format is refused before there is a matte', async (_, input, width) => {
  const limits = { maxPixels: 1e6, transparencyThreshold: null };
  const source = file('wide.png');
  await sharp({ create: { width, height: 4, channels: 3, background: 'red' } })
    .png()
    .toFile(source);
  const task = { source, limits, variants: [variant('cutout', { format: 'webp', ...input })] };
  await expect(pool.run('inspect', task, { timeoutMs: 20_000 })).rejects.toMatchObject({ code: 'options.invalid' });
});

test('convert runs in the child, too', async () => {
  const task = {
    source: await photo(),
    output: file('sent'),
    accept: ['jpeg'],
    maxWidth: 32,
    maxHeight: 32,
    maxBytes: 1e6,
  };
  expect(await pool.run('convert', task, { timeoutMs: 5000 })).toMatchObject({
    converted: true,
    file: { path: file('sent.jpg'), width: 32, height: 24 },
  });
});
