import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { findCard } from '../../server/src/engines/local/cards';
import { type CutoutFolder, createCutoutFolder, writePhoto } from '../support/cutout-folder';

jest.setTimeout(120_000);

describe('cutout remove', () => {
  let folder: CutoutFolder;
  const at = (...parts: string[]): string => folder.at(...parts);
  const run: CutoutFolder['remove'] = (...args) => folder.remove(...args);

  beforeEach(() => void (folder = createCutoutFolder()));
  afterEach(() => folder.clear());

  const alphaAt = async (file: string | Buffer, x: number, y: number): Promise<number> => {
    const { data, info } = await sharp(file).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    return data[(y * info.width + x) * 4 + 3]!;
  };

  test('--debug tells what the libraries said, which nothing tells otherwise', async () => {
    await writePhoto(at('photo.png'));
    writeFileSync(at('half.png'), readFileSync(at('photo.png')).subarray(0, 120));
    const { stderr } = await run(['half.png']);
    expect(stderr).not.toContain('debug');
    const told = await run(['half.png', '--debug']);
    expect(told.stderr).toMatch(/^cutout: half\.png: .*\ncutout: debug: \S+/m);
    const { results } = JSON.parse((await run(['half.png', '--debug', '--json'])).stdout.toString()) as {
      results: { detail?: string }[];
    };
    expect(results[0]?.detail).toBeTruthy();
    const plain = JSON.parse((await run(['half.png', '--json'])).stdout.toString()) as { results: object[] };
    expect(plain.results[0]).not.toHaveProperty('detail');
  });

  describe('--effort', () => {
    test('makes a cutout with each, of its own edges', async () => {
      await writePhoto(at('photo.png'));
      const made: Buffer[] = [];
      for (const effort of ['fast', 'balanced', 'best']) {
        expect(await run(['photo.png', '-o', `${effort}.png`, '--effort', effort])).toMatchObject({ code: 0 });
        made.push(readFileSync(at(`${effort}.png`)));
      }
      expect(made[0]!.equals(made[1]!)).toBe(false);
    });

    test('knows no other word', async () => {
      await writePhoto(at('photo.png'));
      const { code, stderr } = await run(['photo.png', '--effort', 'most']);
      expect(code).toBe(2);
      expect(stderr).toContain('fast, balanced, best');
    });
  });

  describe('a picture in which the model finds little', () => {
    beforeEach(async () => {
      const { input, output, ...card } = findCard('u2netp');
      const plain = { ...input, mean: [0, 0, 0], std: [1, 1, 1], scale: '255' };
      const strict = { ...card, id: 'strict', input: plain, output: { ...output, leastPeak: 0.7 } };
      writeFileSync(
        at('models', 'strict.json'),
        JSON.stringify({ ...strict, weights: { file: 'tiny.onnx', sources: [] } }),
      );
      const ground = { width: 90, height: 60, channels: 3 as const, background: '#202020' };
      await sharp({ create: ground })
        .composite([
          { input: Buffer.from('<svg width="9" height="9"><rect width="9" height="9" fill="#404040"/></svg>') },
        ])
        .png()
        .toFile(at('dark.png'));
    });

    test('gets no cutout, and is told why', async () => {
      const { code, stderr } = await run(['dark.png'], {}, 'strict');
      expect(code).toBe(1);
      expect(stderr).toContain('dark.png: Model "strict" found no subject');
      expect(existsSync(at('dark-cutout.webp'))).toBe(false);
    });

    test('gets one with --keep-empty', async () => {
      expect(await run(['dark.png', '--keep-empty'], {}, 'strict')).toMatchObject({ code: 0 });
      expect(existsSync(at('dark-cutout.webp'))).toBe(true);
    });

    test('--min-confidence refuses a matte that is less sure, and --json says so', async () => {
      const { code, stdout } = await run(['dark.png', '--keep-empty', '--min-confidence', '1', '--json'], {}, 'strict');
      expect(code).toBe(1);
      const [result] = (JSON.parse(stdout.toString()) as { results: { status: string; reason: { code: string } }[] })
        .results;
      expect(result).toMatchObject({ status: 'failed', reason: { code: 'matte.unsure' } });
      expect(existsSync(at('dark-cutout.webp'))).toBe(false);
    });

    test('--min-confidence takes a share', async () => {
      const { code, stderr } = await run(['dark.png', '--min-confidence', '7'], {}, 'strict');
      expect(code).toBe(2);
      expect(stderr).toContain('Expected a number from 0 to 1 for --min-confidence but received "7".');
    });
  });

  test('a file gets its cutout beside it: the subject kept, the ground gone, the size the same', async () => {
    await writePhoto(at('photo.png'));
    const { code, stdout, stderr } = await run(['photo.png']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout.toString()).toMatch(/^photo\.png → .*photo-cutout\.webp \(\d+\.\d s\)\n$/);
    expect(await sharp(at('photo-cutout.webp')).metadata()).toMatchObject({ format: 'webp', width: 90, height: 60 });
    expect(await alphaAt(at('photo-cutout.webp'), 45, 30)).toBe(255);
    expect(await alphaAt(at('photo-cutout.webp'), 5, 5)).toBeLessThan(10);
    expect(readdirSync(at('tmp'))).toEqual([]);
  });

  test('a folder is walked, a bad file is one line on stderr, and the others go on', async () => {
    await writePhoto(at('in', 'a.png'));
    await writePhoto(at('in', 'deep', 'er', 'b.jpg'));
    writeFileSync(at('in', 'broken.jpg'), 'no picture');
    writeFileSync(at('in', 'drawing.svg'), '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
    writeFileSync(at('in', 'notes.txt'), 'not looked at');
    const { code, stderr } = await run(['in', 'nowhere.png', '-o', 'out', '--workers', '2']);
    expect(code).toBe(1);
    expect(readdirSync(at('out'), { recursive: true }).sort()).toEqual(['a.webp', 'deep', 'deep/er', 'deep/er/b.webp']);
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toBe('cutout: nowhere.png: There is no file nowhere.png.');
    expect(stderr).toMatch(/^cutout: in\/broken\.jpg: .+$/m);
    expect(stderr).toMatch(/^cutout: skipped in\/drawing\.svg: .+$/m);
    expect(lines.at(-1)).toMatch(/^2 done, 1 skipped, 2 failed in \d+\.\d s$/);
  });

  test('skipped kinds found in a folder are no failure, named ones are', async () => {
    await writePhoto(at('in', 'a.png'));
    writeFileSync(at('in', 'drawing.svg'), '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
    expect((await run(['in', '-o', 'out'])).code).toBe(0);
    expect((await run([path.join('in', 'drawing.svg'), '-o', 'out'])).code).toBe(1);
  });

  test('a second run over the same folder does not cut out the cutouts', async () => {
    await writePhoto(at('in', 'a.png'));
    await run(['in']);
    await run(['in']);
    expect(readdirSync(at('in')).sort()).toEqual(['a-cutout.webp', 'a.png']);
  });

  test('no output takes the place of another, nor of an original', async () => {
    await writePhoto(at('in', 'a.png'));
    await writePhoto(at('in', 'a.jpg'));
    await writePhoto(at('in', 'b.webp'));
    const before = readFileSync(at('in', 'b.webp'));
    expect((await run(['in', '-o', 'in'])).code).toBe(2);
    const { code } = await run([at('in', 'a.png'), at('in', 'a.jpg'), at('in', 'b.webp'), '-o', 'in']);
    expect(code).toBe(0);
    expect(readdirSync(at('in')).sort()).toEqual([
      'a.jpg',
      'a.jpg.webp',
      'a.png',
      'a.png.webp',
      'b.webp',
      'b.webp.webp',
    ]);
    expect(readFileSync(at('in', 'b.webp')).equals(before)).toBe(true);
  });

  test('stdin goes to stdout as a picture and nothing else', async () => {
    await writePhoto(at('photo.png'));
    const { code, stdout, stderr } = await run(['-', '--format', 'png'], { input: readFileSync(at('photo.png')) });
    expect([code, stderr]).toEqual([0, '']);
    expect(await sharp(stdout).metadata()).toMatchObject({ format: 'png', width: 90, height: 60 });
    expect(await alphaAt(stdout, 45, 30)).toBe(255);
  });

  test('a broken picture on stdin leaves stdout empty', async () => {
    const { code, stdout, stderr } = await run(['-'], { input: Buffer.from('no picture') });
    expect([code, stdout.length]).toEqual([1, 0]);
    expect(stderr).toMatch(/^cutout: -: .+\n$/);
  });

  test("one input may name its output, whose extension is the file's format", async () => {
    await writePhoto(at('photo.png'));
    expect((await run(['photo.png', '-o', 'out/result.avif'])).code).toBe(0);
    expect((await sharp(at('out', 'result.avif')).metadata()).format).toBe('heif');
  });

  test('options mean what they mean in the API', async () => {
    await writePhoto(at('photo.png'));
    await writePhoto(at('sky.png'), 50, 50);
    const options = ['--w', '45', '--bg_color', 'red', '--format', 'png', '--no-refine'];
    expect((await run(['photo.png', '-o', 'red', ...options])).code).toBe(0);
    const { data, info } = await sharp(at('red', 'photo.png')).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([45, 30]);
    expect([data[0]! > 235, data[1]! < 20, data[2]! < 20]).toEqual([true, true, true]);

    await run(['photo.png', '-o', 'mask.png', '--mask']);
    expect(await sharp(at('mask.png')).metadata()).toMatchObject({ channels: 1, width: 90, height: 60 });

    expect((await run(['photo.png', '-o', 'sky', '--bg-image', 'sky.png', '--format', 'jpeg'])).code).toBe(0);
    expect(readdirSync(at('sky'))).toEqual(['photo.jpg']);

    expect((await run(['photo.png', '-o', 'sizes', '--sizes', '30,60'])).code).toBe(0);
    expect(readdirSync(at('sizes')).sort()).toEqual(['photo-30.webp', 'photo-60.webp', 'photo.webp']);
    expect((await sharp(at('sizes', 'photo-30.webp')).metadata()).width).toBe(30);
  });

  test('--json is one object on stdout with every input', async () => {
    await writePhoto(at('photo.png'));
    writeFileSync(at('empty.png'), '');
    const { code, stdout, stderr } = await run(['photo.png', 'empty.png', '--json']);
    expect([code, stderr]).toEqual([1, '']);
    const answer = JSON.parse(stdout.toString());
    expect(answer).toMatchObject({ done: 1, skipped: 0, failed: 1, ms: expect.any(Number) });
    expect(answer.results).toContainEqual({
      input: 'photo.png',
      status: 'done',
      files: [{ path: at('photo-cutout.webp'), mime: 'image/webp', width: 90, height: 60, bytes: expect.any(Number) }],
      confidence: expect.any(Number),
      ms: expect.any(Number),
    });
    expect(answer.results).toContainEqual({
      input: 'empty.png',
      status: 'failed',
      reason: { code: 'source.empty', message: expect.any(String) },
    });
  });

  test.each<[string, string[], RegExp]>([
    ['no input', [], /missing required argument 'in'/],
    ['an unknown flag', ['a.png', '--frobnicate'], /unknown option '--frobnicate'/],
    ['a bad option', ['a.png', '--angle', '999'], /^cutout: --angle: 'angle' must be between/],
    ['several bad options', ['a.png', '--w', 'x', '--bg_color', 'nope'], /--w: .*\ncutout: --bg-color: Invalid color/],
    ['a bad number', ['a.png', '--workers', '0'], /^cutout: Expected a whole number from 1 to 64 for --workers/],
    ['a file as output of two', ['a.png', 'b.png', '-o', 'x.png'], /^cutout: Expected a folder for --out/],
    ['stdout for two', ['a.png', 'b.png', '-o', '-'], /^cutout: Expected one input when/],
    ['JSON and picture on stdout', ['-', '--json'], /^cutout: Expected --out with --json/],
    ['an unknown model', ['a.png', '--model', 'nope'], /^cutout: Expected one of .*tiny.* but received "nope"/],
    ['a folder without pictures', ['models'], /^cutout: Expected pictures in models but found none/],
    ['a mirror that is no URL', ['a.png', '--mirror', 'nope'], /^cutout: Expected an http or https URL for --mirror/],
    ['a background that is not there', ['a.png', '--bg-image', 'no.png'], /^cutout: --bg-image: .*no\.png/],
  ])('%s is said and ends with exit code 2', async (_, args, message) => {
    const { code, stdout, stderr } = await run(args);
    expect(stderr.replace(/^error: /, '')).toMatch(message);
    expect([code, stdout.length]).toEqual([2, 0]);
  });

  test('a model that may not earn money runs only when its licence is accepted', async () => {
    await writePhoto(at('photo.png'));
    const refused = await run(['photo.png'], {}, 'tiny-nc');
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('--accept-license tiny-nc') });
    expect(existsSync(at('photo-cutout.webp'))).toBe(false);
    expect((await run(['photo.png', '--accept-license', 'tiny-nc'], {}, 'tiny-nc')).code).toBe(0);
  });

  test('missing weights end with their remedies', async () => {
    await writePhoto(at('photo.png'));
    const { code, stderr } = await run(['photo.png', '--no-download'], {}, 'u2netp');
    expect(code).toBe(1);
    expect(stderr).toContain('cutout models pull u2netp');
  });

  test('an interrupt ends it soon, with exit code 130 and nothing left behind', async () => {
    for (let index = 0; index < 30; index += 1) await writePhoto(at('in', `${index}.png`), 1200, 900);
    const { code } = await run(['in', '-o', 'out'], {
      started: (child) => child.stdout!.once('data', () => child.kill('SIGINT')),
    });
    expect(code).toBe(130);
    expect(readdirSync(at('out')).length).toBeLessThan(30);
    expect(readdirSync(at('tmp'))).toEqual([]);
  });
});
