import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type CutoutFolder, createCutoutFolder, writePhoto } from '../support/cutout-folder';
import { until } from '../support/until';

jest.setTimeout(180_000);

let folder: CutoutFolder;
const at = (...parts: string[]): string => folder.at(...parts);
const remove: CutoutFolder['remove'] = (...args) => folder.remove(...args);

beforeEach(() => void (folder = createCutoutFolder()));
afterEach(() => folder.clear());

async function photos(count: number, width = 90, height = 60): Promise<void> {
  for (let index = 0; index < count; index += 1) await writePhoto(at('in', `${index}.png`), width, height);
}

describe('a reader that goes away', () => {
  test('as `head` does, ends it soon with exit code 141 and nothing left behind', async () => {
    await photos(30, 1200, 900);
    const { code, stderr } = await remove(['in', '-o', 'out'], {
      through: ['bash', '-c', 'set -o pipefail; "$@" | head -n 1', 'bash'],
    });
    expect([code, stderr]).toEqual([141, '']);
    expect(readdirSync(at('out')).length).toBeLessThan(30);
    expect(readdirSync(at('tmp'))).toEqual([]);
  });

  test('of stderr ends it too', async () => {
    mkdirSync(at('in'));
    for (let index = 0; index < 30; index += 1) writeFileSync(at('in', `${index}.png`), 'no picture');
    const { code } = await remove(['in', '-o', 'out'], { started: (child) => child.stderr!.destroy() });
    expect(code).toBe(141);
    expect(readdirSync(at('tmp'))).toEqual([]);
  });

  test('of the picture itself is no failure of the picture', async () => {
    await writePhoto(at('a.png'), 1200, 900);
    const { code, stderr } = await remove(['a.png', '-o', '-', '--format', 'bmp'], {
      through: ['bash', '-c', 'set -o pipefail; "$@" | head -c 10 > /dev/null', 'bash'],
    });
    expect([code, stderr]).toEqual([141, '']);
    expect(readdirSync(at('tmp'))).toEqual([]);
  });

  test('on a terminal gives the cursor back', async () => {
    await photos(30, 1200, 900);
    // `script` gives stderr a terminal; stdout goes to head.
    const command = '"$@" | head -n 1 > /dev/null; echo "code ${PIPESTATUS[0]}" >&2';
    const { stdout } = await remove(['in', '-o', 'out'], { through: ['bash', at('on-terminal.sh'), command] });
    const shown = stdout.toString();
    expect(shown).toContain('code 141');
    expect(shown.lastIndexOf('\u001b[?25h')).toBeGreaterThan(shown.lastIndexOf('\u001b[?25l'));
    expect(shown).toContain('\u001b[?25l');
  });
  beforeEach(() =>
    writeFileSync(
      at('on-terminal.sh'),
      'inner="$1"; shift; quoted=$(printf "%q " bash -c "$inner" bash "$@"); exec script -qec "$quoted" /dev/null\n',
    ),
  );
});

test('a stdout that cannot be written is one sentence', async () => {
  await photos(2);
  for (const args of [
    ['in', '-o', 'out'],
    ['in', '-o', 'out2', '--json'],
    [path.join('in', '0.png'), '-o', '-'],
  ]) {
    const { code, stderr } = await remove(args, { through: ['sh', '-c', '"$@" > /dev/full', 'sh'] });
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^cutout: .*the disk is full\..*\n$/)]);
    expect(readdirSync(at('tmp'))).toEqual([]);
  }
});

test('an interrupt ends the wait for a picture on stdin', async () => {
  const { code } = await remove(['-', '-o', 'out.png'], {
    input: 'open',
    started: (child) =>
      void until('a temporary folder is there', () => readdirSync(at('tmp')).length > 0).then(() =>
        child.kill('SIGINT'),
      ),
  });
  expect(code).toBe(130);
  expect(readdirSync(at('tmp'))).toEqual([]);
});

test('a terminal that is closed ends it like an interrupt', async () => {
  await photos(30, 1200, 900);
  const { code } = await remove(['in', '-o', 'out'], {
    started: (child) => child.stdout!.once('data', () => child.kill('SIGHUP')),
  });
  expect(code).toBe(130);
  expect(readdirSync(at('tmp'))).toEqual([]);
});

test('a temporary folder that is not there is one sentence', async () => {
  await photos(1);
  const { code, stderr } = await remove(['in', '-o', 'out'], { env: { TMPDIR: at('nowhere') } });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^cutout: The temporary folder .*TMPDIR.*\.\n$/);
  expect(stderr.split('\n')).toHaveLength(2);
});

describe('what a killed run left', () => {
  /** Kills a run with SIGKILL in the middle of its work. */
  async function killed(): Promise<void> {
    await photos(30, 1200, 900);
    const { code } = await remove(['in', '-o', 'out'], {
      started: (child) => child.stdout!.once('data', () => child.kill('SIGKILL')),
    });
    expect(code).toBeNull();
    expect(readdirSync(at('tmp'))).toHaveLength(1);
  }

  test('is swept by the next run, in the temporary folder and beside the results', async () => {
    await killed();
    const [left] = readdirSync(at('tmp'));
    // A write that was cut off leaves a file of the same owner's beside the results.
    const half = `.${left!.slice(0, -6)}abcdef.tmp`;
    writeFileSync(at('out', half), 'half a picture');
    writeFileSync(at('out', 'of-somebody.tmp'), 'stays');
    await writePhoto(at('one.png'));
    expect((await remove(['one.png', '-o', 'out'])).code).toBe(0);
    expect(readdirSync(at('tmp'))).toEqual([]);
    expect(existsSync(at('out', half))).toBe(false);
    expect(existsSync(at('out', 'of-somebody.tmp'))).toBe(true);
  });

  test('and what belongs to a run that is alive, or to another machine not long ago, stays', async () => {
    await photos(30, 1200, 900);
    const foreign = 'cutout-00000000-1-1-abcdef';
    const old = 'cutout-00000000-1-1-ghijkl';
    for (const name of [foreign, old, 'cutout-of-somebody']) mkdirSync(at('tmp', name));
    const long = new Date(Date.now() - 48 * 3600_000);
    for (const name of [old, 'cutout-of-somebody']) utimesSync(at('tmp', name), long, long);
    await writePhoto(at('one.png'));
    let alive: string[] = [];
    const first = remove(['in', '-o', 'out'], {
      started: (child) =>
        child.stdout!.once('data', () => {
          alive = readdirSync(at('tmp'));
          child.kill('SIGSTOP');
          void remove(['one.png', '-o', 'other']).then(() => {
            alive = alive.filter((name) => existsSync(at('tmp', name)));
            child.kill('SIGCONT');
            child.kill('SIGINT');
          });
        }),
    });
    expect((await first).code).toBe(130);
    expect(alive).toHaveLength(3);
    expect(readdirSync(at('tmp')).sort()).toEqual([foreign, 'cutout-of-somebody'].sort());
  });
});

test('a second interrupt ends it at once, and still cleans up', async () => {
  await photos(3, 3000, 2000);
  const { code } = await remove(['in', '-o', 'out'], {
    started: (run) =>
      void until('a temporary folder is there', () => readdirSync(at('tmp')).length > 0).then(() => {
        run.kill('SIGINT');
        run.kill('SIGTERM');
      }),
  });
  expect(code).toBe(130);
  expect(readdirSync(at('tmp'))).toEqual([]);
});
