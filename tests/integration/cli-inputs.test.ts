import { chmodSync, copyFileSync, mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { type CutoutFolder, createCutoutFolder, writePhoto } from '../support/cutout-folder';
import { describeIf } from '../support/needs';

jest.setTimeout(180_000);

const isRoot = process.getuid?.() === 0;
const NOBODY = 65534;

let folder: CutoutFolder;
const at = (...parts: string[]): string => folder.at(...parts);
const remove: CutoutFolder['remove'] = (...args) => folder.remove(...args);
const made = (): string[] =>
  readdirSync(at('out'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.webp'))
    .sort();

beforeEach(() => void (folder = createCutoutFolder()));
afterEach(() => folder.clear());

describe('a walked folder', () => {
  test('takes pictures by every usual extension', async () => {
    await writePhoto(at('a.jpg'));
    await writePhoto(at('a.png'));
    mkdirSync(at('in'));
    for (const name of ['a.jfif', 'b.JPE', 'c.apng'])
      copyFileSync(at(name === 'c.apng' ? 'a.png' : 'a.jpg'), at('in', name));
    writeFileSync(at('in', 'd.dib'), 'no bitmap');
    const { code, stderr } = await remove(['in', '-o', 'out']);
    expect(made()).toEqual(['a.webp', 'b.webp', 'c.webp']);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^cutout: in\/d\.dib: /)]);
  });

  test('follows links to files and folders, each folder once, and tells of one that leads nowhere', async () => {
    await writePhoto(at('in', 'z-real', 'a.png'));
    await writePhoto(at('elsewhere', 'b.png'));
    await writePhoto(at('lone.png'));
    symlinkSync('z-real', at('in', 'again'));
    symlinkSync('../elsewhere', at('in', 'else'));
    symlinkSync('..', at('in', 'z-real', 'loop'));
    symlinkSync('../lone.png', at('in', 'lone.png'));
    symlinkSync('nothing.png', at('in', 'broken.png'));
    symlinkSync('round.png', at('in', 'round.png'));
    const { code, stderr } = await remove(['in', '-o', 'out']);
    expect(made()).toEqual(['else/b.webp', 'lone.webp', 'z-real/a.webp']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^cutout: in\/broken\.png: .*link.*$/m);
    expect(stderr).toMatch(/^cutout: in\/round\.png: .*link.*$/m);
    expect(stderr).toMatch(/^3 done, 0 skipped, 2 failed/m);
  });

  test('passes over what an earlier run made, but not an original that is only called so', async () => {
    await writePhoto(at('in', 'a.png'));
    await writePhoto(at('in', 'a-cutout.webp'));
    await writePhoto(at('in', 'a-cutout-400.webp'));
    await writePhoto(at('in', 'paper-cutout.png'));
    expect((await remove(['in', '-o', 'out'])).code).toBe(0);
    expect(made()).toEqual(['a.webp', 'paper-cutout.webp']);
  });

  test('that is the output folder as well is told, even under another name', async () => {
    await writePhoto(at('in', 'a.png'));
    symlinkSync('in', at('way'));
    const { code, stderr } = await remove(['in', '-o', 'way']);
    expect([code, stderr]).toEqual([
      2,
      'cutout: Expected another folder for --out than in, whose pictures are taken.\n',
    ]);
  });

  describeIf(isRoot, 'command line with unreadable folders: run the tests as root, which can run it as another user')(
    'with parts that cannot be read',
    () => {
      test('reports them and does the rest', async () => {
        await writePhoto(at('in', 'a.png'));
        await writePhoto(at('in', 'closed', 'b.png'));
        await writePhoto(at('in', 'open', 'c.png'));
        await writePhoto(at('in', 'shut.png'));
        chmodSync(at('in', 'closed'), 0o000);
        chmodSync(at('in', 'shut.png'), 0o000);
        const { code, stderr } = await remove(['in', '-o', 'out'], { user: NOBODY });
        expect(made()).toEqual(['a.webp', 'open/c.webp']);
        expect(code).toBe(1);
        expect(stderr).toMatch(/^cutout: in\/closed: The folder in\/closed cannot be read: permission is denied\.$/m);
        expect(stderr).toMatch(/^cutout: in\/shut\.png: .*permission is denied.*$/m);
        expect(stderr).not.toMatch(/EACCES|\/tmp\//);
      });
    },
  );
});

test('a name with control characters cannot write to the terminal nor fake a line', async () => {
  const odd = 'x\ncutout: all is well\u001b[31m.png';
  await writePhoto(at('x.png'));
  renameSync(at('x.png'), at(odd));
  writeFileSync(at('bad\r\u009b.png'), 'no picture');
  const { code, stdout, stderr } = await remove([odd, 'bad\r\u009b.png', '-o', 'out']);
  expect(code).toBe(1);
  expect(stdout.toString()).toMatch(/^x\\ncutout: all is well\\x1b\[31m\.png → .*\n$/);
  expect(stderr).toMatch(/^cutout: bad\\r\\x9b\.png: .*\n1 done.*\n$/);
  expect(made()).toHaveLength(1);
});

test('a pipe by name is told at once and not waited for', async () => {
  spawnSync('mkfifo', [at('pipe.png')]);
  const began = Date.now();
  const { code, stderr } = await remove(['pipe.png', '-o', 'out']);
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^cutout: pipe\.png: .*neither a file nor a folder.* - /)]);
  // The child would wait for a writer until --timeout, 120 s.
  expect(Date.now() - began).toBeLessThan(60_000);
});

test('stdin that is a folder is one sentence', async () => {
  const { code, stderr } = await remove(['-'], { through: ['sh', '-c', '"$@" < models', 'sh'] });
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^cutout: -: [A-Z][^:]*: it is a folder\..*\n$/)]);
});

test('a picture that is too large says which flag lets it through', async () => {
  await writePhoto(at('a.png'));
  const { stderr } = await remove(['a.png', '--max-pixels', '100']);
  expect(stderr).toContain('--max-pixels');
});
