import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import sharp from 'sharp';
import type { Ran } from '../support/cutout-command';
import { type CutoutFolder, createCutoutFolder, writePhoto } from '../support/cutout-folder';
import { describeIf } from '../support/needs';

jest.setTimeout(180_000);

const isRoot = process.getuid?.() === 0;
/** Nobody, on every Linux. */
const NOBODY = 65534;
const canMount = spawnSync('unshare', ['-rm', 'sh', '-c', 'mount -t tmpfs tmpfs /mnt']).status === 0;

let folder: CutoutFolder;
const at = (...parts: string[]): string => folder.at(...parts);
const remove: CutoutFolder['remove'] = (...args) => folder.remove(...args);

beforeEach(() => void (folder = createCutoutFolder()));
afterEach(() => folder.clear());

/** The bytes a test must find again. */
const bytes = (...parts: string[]): string => readFileSync(at(...parts)).toString('base64');
const answer = ({ stdout }: Ran): any => JSON.parse(stdout.toString());

describe('originals', () => {
  test.each(['over.png', './over.png', 'sub/../over.png', 'link.png', 'hard.png'])(
    '--out %s is refused when it is the original, with --overwrite too',
    async (out) => {
      await writePhoto(at('over.png'));
      mkdirSync(at('sub'));
      symlinkSync('over.png', at('link.png'));
      linkSync(at('over.png'), at('hard.png'));
      const before = bytes('over.png');
      for (const more of [[], ['--overwrite']]) {
        const { code, stderr } = await remove(['over.png', '-o', out, ...more]);
        expect([code, stderr]).toEqual([2, `cutout: Expected another file for --out than the original ${out}.\n`]);
      }
      expect(bytes('over.png')).toBe(before);
    },
  );

  test('a further size that would hit the original is refused', async () => {
    await writePhoto(at('x-30.png'));
    const before = bytes('x-30.png');
    const { code, stderr } = await remove(['x-30.png', '-o', 'x.png', '--sizes', '30', '--overwrite']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('than the original x-30.png')]);
    expect(bytes('x-30.png')).toBe(before);
  });

  test('in a folder, names give way to every original, by way of a link and in further sizes too', async () => {
    await writePhoto(at('in', 'a.png'));
    await writePhoto(at('in', 'b.webp'));
    await writePhoto(at('in', 'a-30.webp'));
    symlinkSync('in', at('way'));
    const before = ['a.png', 'b.webp', 'a-30.webp'].map((name) => bytes('in', name));
    const named = ['a.png', 'b.webp', 'a-30.webp'].map((name) => at('in', name));
    const { code, stderr } = await remove([...named, '-o', 'way', '--sizes', '30', '--overwrite']);
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^3 done/)]);
    expect(['a.png', 'b.webp', 'a-30.webp'].map((name) => bytes('in', name))).toEqual(before);
    expect(readdirSync(at('in')).sort()).toEqual([
      ...['a-30.webp', 'a-30.webp-30.webp', 'a-30.webp.webp', 'a.png', 'a.png-30.webp', 'a.png.webp'],
      ...['b.webp', 'b.webp-30.webp', 'b.webp.webp'],
    ]);
  });
});

describe('files that were there before', () => {
  test('are left alone and told, and replaced with --overwrite', async () => {
    await writePhoto(at('p', 'a.png'));
    await writePhoto(at('p', 'a.jpg'), 60, 60);
    const before = bytes('p', 'a.jpg');
    const kept = await remove(['p/a.png', '-o', 'p', '--format', 'jpeg']);
    expect(kept).toMatchObject({ code: 0, stderr: expect.stringMatching(/^cutout: skipped p\/a\.png: .*a\.jpg.*\n$/) });
    expect(kept.stderr).toContain('--overwrite');
    expect(bytes('p', 'a.jpg')).toBe(before);
    const replaced = await remove(['p/a.png', '-o', 'p', '--format', 'jpeg', '--overwrite']);
    expect([replaced.code, replaced.stderr]).toEqual([0, '']);
    expect((await sharp(at('p', 'a.jpg')).metadata()).width).toBe(90);
  });

  test('are reported in JSON with the code output.exists', async () => {
    await writePhoto(at('a.jpg'));
    await writePhoto(at('a.png'), 60, 60);
    expect((await remove(['a.jpg', '-o', 'out'])).code).toBe(0);
    const first = bytes('out', 'a.webp');
    const second = await remove(['a.png', '-o', 'out', '--json']);
    expect(second.code).toBe(0);
    expect(answer(second)).toMatchObject({
      done: 0,
      skipped: 1,
      failed: 0,
      results: [{ input: 'a.png', status: 'skipped', reason: { code: 'output.exists', message: expect.any(String) } }],
    });
    expect(bytes('out', 'a.webp')).toBe(first);
  });

  test('cost no run of the model', async () => {
    await writePhoto(at('a.png'));
    mkdirSync(at('out'));
    writeFileSync(at('out', 'a.webp'), 'of somebody');
    // Were the model loaded, these weights would fail it.
    writeFileSync(at('models', 'tiny.onnx'), 'no model');
    const { code, stderr } = await remove(['a.png', '-o', 'out']);
    expect([code, stderr]).toEqual([0, expect.stringContaining('skipped a.png')]);
    expect(bytes('out', 'a.webp')).toBe(Buffer.from('of somebody').toString('base64'));
  });

  test('a further size in the way stops its picture, and nothing of it is left', async () => {
    await writePhoto(at('a.png'));
    mkdirSync(at('out'));
    writeFileSync(at('out', 'a-30.webp'), 'of somebody');
    const { code, stderr } = await remove(['a.png', '-o', 'out', '--sizes', '30,60']);
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^cutout: skipped a\.png: .*a-30\.webp/)]);
    expect(readdirSync(at('out'))).toEqual(['a-30.webp']);
  });
});

test('a run that was broken off goes on where it stopped', async () => {
  for (const name of ['a', 'b', 'c']) await writePhoto(at('in', `${name}.png`));
  expect((await remove(['in', '-o', 'out', '--sizes', '30'])).code).toBe(0);
  const before = bytes('out', 'a.webp');
  rmSync(at('out', 'b.webp'));
  // Killed between the further size of `c` and the picture itself.
  rmSync(at('out', 'c.webp'));
  rmSync(at('out', 'b-30.webp'));
  const written = statSync(at('out', 'a.webp')).mtimeMs;
  const { code, stdout, stderr } = await remove(['in', '-o', 'out', '--sizes', '30']);
  expect(code).toBe(0);
  expect(stdout.toString()).toMatch(/^in\/b\.png → .*\nin\/c\.png → .*\n$/);
  expect(stderr).toMatch(/^cutout: skipped in\/a\.png: .*\n2 done, 1 skipped, 0 failed in .*\n$/);
  expect(bytes('out', 'a.webp')).toBe(before);
  expect(statSync(at('out', 'a.webp')).mtimeMs).toBe(written);
  expect(readdirSync(at('out'))).toHaveLength(6);
});

test('two runs at once into one folder never write over each other', async () => {
  const names = Array.from({ length: 6 }, (_, index) => `${index}`);
  for (const name of names) {
    await writePhoto(at('one', `${name}.png`), 90, 60);
    await writePhoto(at('two', `${name}.jpg`), 120, 80);
  }
  const [one, two] = await Promise.all(['one', 'two'].map((from) => remove([from, '-o', 'out', '--json'])));
  expect([one!.code, two!.code]).toEqual([0, 0]);
  const done = [one!, two!].flatMap((ran) => answer(ran).results.filter((result: any) => result.status === 'done'));
  expect(done.map((result) => path.basename(result.files[0].path)).sort()).toEqual(names.map((name) => `${name}.webp`));
  for (const { files } of done) {
    expect((await sharp(files[0].path).metadata()).width).toBe(files[0].width);
    expect(statSync(files[0].path).size).toBe(files[0].bytes);
  }
  expect(readdirSync(at('out')).sort()).toEqual(names.map((name) => `${name}.webp`));
});

describe('names within a run', () => {
  test('pictures that differ only in extension or case keep their whole name, in whatever order', async () => {
    await writePhoto(at('in', 'a.png'));
    await writePhoto(at('in', 'a.jpg'));
    await writePhoto(at('in', 'B.png'));
    await writePhoto(at('in', 'b.jpg'));
    expect((await remove(['in', '-o', 'out'])).code).toBe(0);
    expect(readdirSync(at('out')).sort()).toEqual(['B.png.webp', 'a.jpg.webp', 'a.png.webp', 'b.jpg.webp']);
  });

  test('a picture that is named twice is cut out once', async () => {
    await writePhoto(at('in', 'a.png'));
    const { code, stdout } = await remove(['in/a.png', './in/a.png', 'in', '-o', 'out']);
    expect([code, stdout.toString().split('\n').length]).toEqual([0, 2]);
    expect(readdirSync(at('out'))).toEqual(['a.webp']);
  });

  test.each([['x.png'], ['-']])('a folder of several pictures does not go into one place, %s', async (out) => {
    await writePhoto(at('in', 'a.png'));
    await writePhoto(at('in', 'b.png'));
    const { code, stdout, stderr } = await remove(['in', '-o', out]);
    expect([code, stdout.length]).toEqual([2, 0]);
    expect(stderr).toMatch(/^cutout: Expected .* 2/);
    expect(existsSync(at('x.png'))).toBe(false);
  });
});

describe('places that cannot be written', () => {
  test('a folder with the name of a picture is a folder', async () => {
    await writePhoto(at('a.png'));
    mkdirSync(at('out.png'));
    expect((await remove(['a.png', '-o', 'out.png', '--format', 'png'])).code).toBe(0);
    expect(readdirSync(at('out.png'))).toEqual(['a.png']);
  });

  test('a file where a folder should be, and an empty --out, are told before anything is done', async () => {
    await writePhoto(at('a.png'));
    writeFileSync(at('file'), '');
    const file = await remove(['a.png', '-o', 'file']);
    expect([file.code, file.stderr]).toEqual([2, 'cutout: Expected a folder for --out but "file" is a file.\n']);
    const empty = await remove(['a.png', '-o', '']);
    expect([empty.code, empty.stderr]).toEqual([2, expect.stringMatching(/^cutout: Expected a place for --out/)]);
    expect(readdirSync(folder.path).sort()).toEqual(['a.png', 'file', 'models', 'tmp']);
  });

  describeIf(isRoot, 'command line in a read-only folder: run the tests as root, which can run it as another user')(
    'as a user without rights',
    () => {
      test('a read-only folder is one sentence before any model runs', async () => {
        await writePhoto(at('a.png'));
        mkdirSync(at('out'));
        chmodSync(at('out'), 0o555);
        writeFileSync(at('models', 'tiny.onnx'), 'no model');
        const { code, stderr } = await remove(['a.png', '-o', 'out'], { user: NOBODY });
        expect(code).toBe(1);
        expect(stderr).toMatch(/^cutout: a\.png: .*out\/a\.webp cannot be written: permission is denied\b.*\n$/);
      });
    },
  );

  describeIf(canMount, 'command line on a full disk: needs unshare with user namespaces')('a full disk', () => {
    test('stops the run with one sentence, and nothing half-written stays', async () => {
      for (let index = 0; index < 5; index += 1) copyNoise(at('in', `${index}.png`), await noise());
      mkdirSync(at('disk'));
      const script = 'mount -t tmpfs -o size=200k tmpfs disk && "$@"; code=$?; ls -A disk >&2; exit $code';
      const through = ['unshare', '-rm', 'sh', '-c', script, 'sh'];
      const { code, stderr } = await remove(['in', '-o', 'disk', '--format', 'png'], { through });
      expect(code).toBe(1);
      const lines = stderr.trimEnd().split('\n');
      expect(lines.filter((line) => /cannot be written: the disk is full/.test(line))).toHaveLength(1);
      expect(stderr).toMatch(/\d pictures? (were|was) not tried/);
      expect(lines.filter((line) => /tmp$/.test(line))).toEqual([]);
    });
  });
});

/** About 100 KB as PNG. */
async function noise(): Promise<string> {
  const file = at('noise.png');
  const raw = Buffer.alloc(180 * 180 * 3);
  for (let index = 0; index < raw.length; index += 1) raw[index] = 128 + ((index * 2654435761) >>> 25);
  await sharp(raw, { raw: { width: 180, height: 180, channels: 3 } })
    .png()
    .toFile(file);
  return file;
}

function copyNoise(to: string, from: string): void {
  mkdirSync(path.dirname(to), { recursive: true });
  copyFileSync(from, to);
}
